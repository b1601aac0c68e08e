-- Find orders whose totals are not the sums of their lines and charges.
-- In:    company_id int
-- Out:   row_id bigint (sales_order), document text, expected text, found text, detail text; at most 100 rows
-- Needs: nothing
WITH part AS (
    SELECT order_id, amount_net, amount_tax FROM sales_order_line WHERE company_id = %(company_id)s::INT
     UNION ALL
    SELECT order_id, amount_net, amount_tax FROM order_charge WHERE company_id = %(company_id)s::INT
), total AS (
    SELECT order_id, count(*) AS lines, sum(amount_net) AS amount_net, sum(amount_tax) AS amount_tax
      FROM part
     GROUP BY order_id
)
SELECT sales_order.id AS row_id, sales_order.number AS document,
       trim_scale(coalesce(total.amount_net, 0)) || ' + ' || trim_scale(coalesce(total.amount_tax, 0)) AS expected,
       trim_scale(sales_order.amount_net) || ' + ' || trim_scale(sales_order.amount_tax) || ' = '
       || trim_scale(sales_order.amount_gross) AS found,
       coalesce(total.lines, 0) || ' lines and charges' AS detail
  FROM sales_order
  LEFT JOIN total ON total.order_id = sales_order.id
 WHERE sales_order.company_id = %(company_id)s::INT
   AND (sales_order.amount_net <> coalesce(total.amount_net, 0) OR sales_order.amount_tax <> coalesce(total.amount_tax, 0)
        OR sales_order.amount_gross <> sales_order.amount_net + sales_order.amount_tax)
 ORDER BY sales_order.id
 LIMIT 100
