-- What the matrix looks at, for each order. The margin is what net exceeds standard cost by, as a share of net; -1 without any net.
-- In:    company_id int, order_ids bigint[]
-- Out:   order_id bigint, number text, version int, amount numeric (gross, company currency), margin numeric, customer_class text;
--        one row an order
-- Needs: the orders locked
WITH wanted AS (
    SELECT sales_order.id, sales_order.number, sales_order.version, sales_order.exchange_rate, sales_order.customer_id,
           sales_order.amount_gross * sales_order.exchange_rate AS amount,
           sales_order.amount_net * sales_order.exchange_rate AS amount_net
      FROM sales_order
     WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.id = ANY(%(order_ids)s::BIGINT[])
), goods AS (
    SELECT line.order_id, sum(line.ordered * product.standard_cost) AS cost
      FROM sales_order_line AS line
     INNER JOIN product ON product.company_id = line.company_id AND product.id = line.product_id
     WHERE line.company_id = %(company_id)s::INT AND line.order_id = ANY(%(order_ids)s::BIGINT[])
     GROUP BY line.order_id
)
SELECT
    wanted.id AS order_id, wanted.number, wanted.version, round(wanted.amount, 3) AS amount,
    CASE WHEN wanted.amount_net > 0
         THEN greatest(round(1 - coalesce(goods.cost, 0) / wanted.amount_net, 4), -99)
         ELSE -1 END AS margin,
    customer.customer_class
  FROM wanted
 INNER JOIN customer ON customer.company_id = %(company_id)s::INT AND customer.id = wanted.customer_id
  LEFT JOIN goods ON goods.order_id = wanted.id
 ORDER BY wanted.id
