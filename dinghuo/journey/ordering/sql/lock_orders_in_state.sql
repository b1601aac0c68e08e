-- Lock every order that is in one of some states in which work waits.
-- In:    company_id int, states text[] (of submitted, held, released: those that the partial index order_in_work covers)
-- Out:   id bigint, number text, state text, version int, customer_id bigint, warehouse_id bigint, ordered_on date, amount_gross numeric
-- Needs: number series locked before, stock levels and documents after
SELECT id, number, state, version, customer_id, warehouse_id, ordered_on, amount_gross
  FROM sales_order
 WHERE company_id = %(company_id)s::INT
   AND state IN ('submitted', 'held', 'released') AND state = ANY(%(states)s::TEXT[])
 ORDER BY id
   FOR NO KEY UPDATE
