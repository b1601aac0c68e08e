-- What nearly every line of the judged products asks for at most, by the last thousand lines of each that were judged before.
-- In:    company_id int, order_ids bigint[], kept int (how many lines of a product count)
-- Out:   product_id bigint, p99 numeric (stock units), lines int; one row a product with any history
-- Needs: nothing
WITH wanted AS MATERIALIZED (
    SELECT line.product_id, min(line.id) AS before_id
      FROM sales_order_line AS line
     WHERE line.company_id = %(company_id)s::INT AND line.order_id = ANY(%(order_ids)s::BIGINT[])
     GROUP BY line.product_id
)
SELECT wanted.product_id, usual.p99, usual.lines::INT AS lines
  FROM wanted
 CROSS JOIN LATERAL (
       SELECT percentile_disc(0.99) WITHIN GROUP (ORDER BY newest.ordered) AS p99, count(*) AS lines
         FROM (SELECT past.ordered
                 FROM sales_order_line AS past
                WHERE past.company_id = %(company_id)s::INT AND past.product_id = wanted.product_id AND past.id < wanted.before_id
                ORDER BY past.id DESC
                LIMIT %(kept)s::INT) AS newest) AS usual
 WHERE usual.lines > 0
 ORDER BY wanted.product_id
