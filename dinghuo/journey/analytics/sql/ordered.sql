-- Sum what was ordered, by month and by product, and count the lines that had to wait, in one walk over a period's lines.
-- In:    company_id integer, ordered_from date, ordered_until date, count integer (how many products)
-- Out:   month date (its first day, null in a product's row), product_id bigint (null in a month's row), code text, name text,
--        name_zh text, unit text (the product's), ordered numeric (stock units), amount_net numeric (company currency),
--        lines bigint, lines_waited bigint (not served whole at the first try); months in order, then the largest products
-- Needs: nothing
WITH waited AS (
    SELECT DISTINCT shortage.order_line_id
      FROM shortage
     WHERE shortage.company_id = %(company_id)s::INT
), summed AS (
    SELECT
        date_trunc('month', sales_order.ordered_on)::DATE AS month, line.product_id, sum(line.ordered) AS ordered,
        sum(line.amount_net * sales_order.exchange_rate) AS amount_net, count(*) AS lines,
        count(waited.order_line_id) AS lines_waited
      FROM sales_order
     INNER JOIN sales_order_line AS line
             ON line.company_id = sales_order.company_id AND line.order_id = sales_order.id
      LEFT JOIN waited ON waited.order_line_id = line.id
     WHERE sales_order.company_id = %(company_id)s::INT
       AND sales_order.state IN ('released', 'completed')
       AND sales_order.ordered_on BETWEEN %(ordered_from)s::DATE AND %(ordered_until)s::DATE
     GROUP BY GROUPING SETS ((date_trunc('month', sales_order.ordered_on)), (line.product_id))
), ranked AS (
    SELECT
        summed.month, summed.product_id, summed.ordered, summed.amount_net, summed.lines, summed.lines_waited,
        row_number() OVER (
            PARTITION BY summed.product_id IS NULL ORDER BY summed.amount_net DESC, summed.product_id
        ) AS place
      FROM summed
)
SELECT
    ranked.month, ranked.product_id, coalesce(product.code, '') AS code, coalesce(product.name, '') AS name,
    coalesce(product.name_zh, '') AS name_zh, coalesce(product.unit, '') AS unit, ranked.ordered,
    round(ranked.amount_net, 2) AS amount_net, ranked.lines, ranked.lines_waited
  FROM ranked
  LEFT JOIN product ON product.company_id = %(company_id)s::INT AND product.id = ranked.product_id
 WHERE ranked.product_id IS NULL OR ranked.place <= %(count)s::INT
 ORDER BY ranked.month NULLS LAST, ranked.place
