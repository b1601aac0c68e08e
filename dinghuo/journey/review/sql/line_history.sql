-- The median of what a customer's last twelve orders of a product asked for, however many lines each took, for each line judged; by
-- orders before it only.
-- In:    company_id int, order_ids bigint[]
-- Out:   line_id bigint, median numeric (stock units), orders int; one row a line with any history
-- Needs: nothing
-- Sets made in this statement are joined by FULL JOIN and filtered by coalesce(), which the planner never makes a nested loop of.
WITH judged_line AS MATERIALIZED (
    SELECT line.id AS line_id, line.order_id, line.product_id, judged.customer_id
      FROM sales_order AS judged
      JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.order_id = judged.id
     WHERE judged.company_id = %(company_id)s::INT AND judged.id = ANY(%(order_ids)s::BIGINT[])
), past AS MATERIALIZED (
    SELECT asked.customer_id, asked.product_id, array_agg(asked.order_id ORDER BY asked.order_id DESC) AS order_ids,
           array_agg(asked.quantity ORDER BY asked.order_id DESC) AS quantities
      FROM (
          SELECT earlier.customer_id, line.product_id, line.order_id, sum(line.ordered) AS quantity
            FROM sales_order AS earlier
            JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.order_id = earlier.id
           WHERE earlier.company_id = %(company_id)s::INT AND earlier.state IN ('released', 'completed')
             AND earlier.customer_id = ANY(array(SELECT DISTINCT customer_id FROM judged_line))
             AND (line.product_id IN (SELECT product_id FROM judged_line)) IS TRUE
           GROUP BY earlier.customer_id, line.product_id, line.order_id) AS asked
     GROUP BY asked.customer_id, asked.product_id
)
SELECT judged_line.line_id, usual.median, usual.orders::INT AS orders
  FROM judged_line
  FULL JOIN past ON past.customer_id = judged_line.customer_id AND past.product_id = judged_line.product_id
 CROSS JOIN LATERAL (
       SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY last_twelve.quantity) AS median, count(*) AS orders
         FROM (SELECT bought.quantity
                 FROM unnest(past.order_ids, past.quantities) AS bought (order_id, quantity)
                WHERE bought.order_id < judged_line.order_id
                ORDER BY bought.order_id DESC
                LIMIT 12) AS last_twelve) AS usual
 WHERE coalesce(judged_line.line_id, 0) > 0 AND usual.orders > 0
