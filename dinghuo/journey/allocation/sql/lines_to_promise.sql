-- Name the order lines in work that want goods: those of some orders, or of all that were never promised a day.
-- In:    company_id int, order_ids bigint[] (null: every line without an open promise)
-- Out:   line_id bigint, product_id bigint; by line
-- Needs: nothing
SELECT line.id AS line_id, line.product_id
  FROM sales_order
  JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.order_id = sales_order.id
 WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.state IN ('submitted', 'held', 'released')
   AND line.allocated < line.ordered
   AND (%(order_ids)s::BIGINT[] IS NULL OR sales_order.id = ANY(%(order_ids)s::BIGINT[]))
   AND (%(order_ids)s::BIGINT[] IS NOT NULL
        OR NOT EXISTS (SELECT FROM line_promise AS promise
                        WHERE promise.company_id = %(company_id)s::INT AND promise.order_line_id = line.id AND promise.is_open))
 ORDER BY line.id
