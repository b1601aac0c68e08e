-- What is known about the customer, the warehouse, the order and the external reference of each return.
-- In:    company_id int, customer_ids bigint[], warehouse_ids bigint[], order_ids bigint[], external_refs text[], one element a return
-- Out:   place int (from 0), customer_id bigint, warehouse_id bigint, order_id bigint (of that customer), known_return_id
--        bigint, tax_rate numeric (the customer's own, if any); null ids where nothing is known
-- Needs: nothing
SELECT (asked.position - 1)::INT AS place, customer.id AS customer_id, warehouse.id AS warehouse_id,
       sales_order.id AS order_id, known.id AS known_return_id, customer.tax_rate
  FROM unnest(%(customer_ids)s::BIGINT[], %(warehouse_ids)s::BIGINT[], %(order_ids)s::BIGINT[], %(external_refs)s::TEXT[])
       WITH ORDINALITY AS asked (customer_id, warehouse_id, order_id, external_ref, position)
  LEFT JOIN customer ON customer.company_id = %(company_id)s::INT AND customer.id = asked.customer_id
  LEFT JOIN warehouse ON warehouse.company_id = %(company_id)s::INT AND warehouse.id = asked.warehouse_id
  LEFT JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = asked.order_id
                       AND sales_order.customer_id = asked.customer_id
  LEFT JOIN customer_return AS known ON known.company_id = %(company_id)s::INT AND known.external_ref = asked.external_ref
 ORDER BY asked.position
