-- What is known about the customers and external references of some documents.
-- In:    company_id int, customer_ids bigint[], external_refs text[], one element a document
-- Out:   place int (from 0), customer_id bigint (null: unknown), known_id bigint (the document drafted for that reference before)
-- Needs: nothing
SELECT (asked.place - 1)::INT AS place, customer.id AS customer_id, known.id AS known_id
  FROM unnest(%(customer_ids)s::BIGINT[], %(external_refs)s::TEXT[]) WITH ORDINALITY AS asked (customer_id, external_ref, place)
  LEFT JOIN customer ON customer.company_id = %(company_id)s::INT AND customer.id = asked.customer_id
  LEFT JOIN sales_invoice AS known
    ON known.company_id = %(company_id)s::INT AND known.external_ref = asked.external_ref AND known.state <> 'dropped'
 ORDER BY asked.place
