-- Lock the named orders.
-- In:    company_id int, order_ids bigint[]
-- Out:   id bigint, number text, state text, version int, customer_id bigint, warehouse_id bigint, ordered_on date, amount_gross numeric
-- Needs: number series locked before, stock levels and documents after
SELECT id, number, state, version, customer_id, warehouse_id, ordered_on, amount_gross
  FROM sales_order
 WHERE company_id = %(company_id)s::INT AND id = ANY(%(order_ids)s::BIGINT[])
 ORDER BY id
   FOR NO KEY UPDATE
