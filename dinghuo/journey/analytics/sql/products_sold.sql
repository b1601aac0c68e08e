-- Name the products that orders of a period brought most for, in one walk over their lines.
-- In:    company_id integer, ordered_from date, ordered_until date, count integer
-- Out:   product_id bigint, code text, name text, name_zh text, unit text (the product's), ordered numeric (stock units),
--        amount_net numeric (company currency); at most count rows, the largest first
-- Needs: nothing
WITH sold AS (
    SELECT line.product_id, sales_order.exchange_rate, sum(line.ordered) AS ordered, sum(line.amount_net) AS amount_net
      FROM sales_order
     INNER JOIN sales_order_line AS line
             ON line.company_id = sales_order.company_id AND line.order_id = sales_order.id
     WHERE sales_order.company_id = %(company_id)s::INT
       AND sales_order.state IN ('released', 'completed')
       AND sales_order.ordered_on BETWEEN %(ordered_from)s::DATE AND %(ordered_until)s::DATE
     GROUP BY line.product_id, sales_order.exchange_rate
), largest AS (
    SELECT sold.product_id, sum(sold.ordered) AS ordered, sum(sold.amount_net * sold.exchange_rate) AS amount_net
      FROM sold
     GROUP BY sold.product_id
     ORDER BY sum(sold.amount_net * sold.exchange_rate) DESC, sold.product_id
     LIMIT %(count)s::INT
)
SELECT
    largest.product_id, product.code, product.name, product.name_zh, product.unit, largest.ordered,
    round(largest.amount_net, 2) AS amount_net
  FROM largest
 INNER JOIN product ON product.company_id = %(company_id)s::INT AND product.id = largest.product_id
 ORDER BY largest.amount_net DESC, largest.product_id
