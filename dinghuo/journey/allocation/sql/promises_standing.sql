-- Name the lines that were promised a day and count on no supply in particular.
-- In:    company_id int, product_ids bigint[]
-- Out:   line_id bigint, product_id bigint; by line
-- Needs: the products locked for promises by this transaction
SELECT promise.order_line_id AS line_id, promise.product_id
  FROM line_promise AS promise
  JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.id = promise.order_line_id
                               AND line.allocated < line.ordered
 WHERE promise.company_id = %(company_id)s::INT AND promise.product_id = ANY(%(product_ids)s::BIGINT[]) AND promise.is_open
   AND promise.promised_on IS NOT NULL
   AND NOT EXISTS (SELECT FROM supply_peg AS peg WHERE peg.company_id = %(company_id)s::INT AND peg.order_line_id = line.id)
 ORDER BY promise.order_line_id
