-- How far the goods of some orders have come.
-- In:    company_id int, order_ids bigint[]
-- Out:   order_id bigint, allocated numeric (stock units), shipped numeric (stock units)
-- Needs: nothing; lock the orders first when a write depends on it
SELECT order_id, sum(allocated) AS allocated, sum(shipped) AS shipped
  FROM sales_order_line
 WHERE company_id = %(company_id)s::INT AND order_id = ANY(%(order_ids)s::BIGINT[])
 GROUP BY order_id
