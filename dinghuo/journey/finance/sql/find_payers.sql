-- What is known about the customers and external references of some payments, and in which money they are taken.
-- In:    company_id int, customer_ids bigint[], external_refs text[], one element a payment
-- Out:   place int (from 0), customer_id bigint (null: unknown), known_id bigint (the payment taken for that reference before), currency text,
--        minor_units int
-- Needs: the series of payments locked by this transaction
SELECT (asked.place - 1)::INT AS place, customer.id AS customer_id, known.id AS known_id, company.currency, currency.minor_units
  FROM unnest(%(customer_ids)s::BIGINT[], %(external_refs)s::TEXT[]) WITH ORDINALITY AS asked (customer_id, external_ref, place)
  JOIN company ON company.id = %(company_id)s::INT
  JOIN currency ON currency.code = company.currency
  LEFT JOIN customer ON customer.company_id = %(company_id)s::INT AND customer.id = asked.customer_id
  LEFT JOIN payment AS known ON known.company_id = %(company_id)s::INT AND known.external_ref = asked.external_ref
 ORDER BY asked.place
