-- What nearly every line of the judged products asks for at most, by the newest lines of each among the orders of some days before.
-- In:    company_id int, order_ids bigint[], days int (how far back), kept int (how many lines of a product count)
-- Out:   product_id bigint, p99 numeric (stock units), lines int; one row a product with any history
-- Needs: nothing
-- One pass over the days looked at, by order_by_day: no index leads from a product to its lines.
WITH wanted AS MATERIALIZED (
    SELECT line.product_id
      FROM sales_order_line AS line
     WHERE line.company_id = %(company_id)s::INT AND line.order_id = ANY(%(order_ids)s::BIGINT[])
     GROUP BY line.product_id
), judged AS MATERIALIZED (
    SELECT min(sales_order.ordered_on) AS first_on, max(sales_order.ordered_on) AS last_on
      FROM sales_order
     WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.id = ANY(%(order_ids)s::BIGINT[])
), past AS (
    SELECT line.product_id, line.ordered, row_number() OVER (PARTITION BY line.product_id ORDER BY line.id DESC) AS place
      FROM sales_order AS earlier
      JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.order_id = earlier.id
     WHERE earlier.company_id = %(company_id)s::INT AND earlier.state IN ('released', 'completed')
       AND earlier.ordered_on BETWEEN (SELECT judged.first_on FROM judged) - %(days)s::INT AND (SELECT judged.last_on FROM judged)
       AND (line.product_id IN (SELECT wanted.product_id FROM wanted)) IS TRUE
)
SELECT past.product_id, percentile_disc(0.99) WITHIN GROUP (ORDER BY past.ordered) AS p99, count(*)::INT AS lines
  FROM past
 WHERE past.place <= %(kept)s::INT
 GROUP BY past.product_id
 ORDER BY past.product_id
