-- What the rules look at, for each order, oldest first.
-- In:    company_id int, order_ids bigint[]
-- Out:   one row an order, as review.rules.OrderFacts
-- Needs: the orders and their customers locked by statements before this one
WITH judged AS (
    SELECT id, number, version, customer_id, ordered_on, amount_gross * exchange_rate AS amount_gross
      FROM sales_order
     WHERE company_id = %(company_id)s::INT AND id = ANY(%(order_ids)s::BIGINT[])
), judged_line AS (
    SELECT line.order_id, line.position, line.ordered, product.is_blocked,
           abs(line.unit_price - coalesce(agreed.unit_price, product.list_price))
           / nullif(coalesce(agreed.unit_price, product.list_price), 0) AS deviation
      FROM judged
      JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.order_id = judged.id
      JOIN product ON product.company_id = %(company_id)s::INT AND product.id = line.product_id
      JOIN customer ON customer.company_id = %(company_id)s::INT AND customer.id = judged.customer_id
      LEFT JOIN LATERAL (
           SELECT item.unit_price
             FROM price_list_item AS item
            WHERE item.company_id = %(company_id)s::INT
              AND item.price_list_id = customer.price_list_id AND item.product_id = line.product_id
              AND item.valid_from <= judged.ordered_on AND coalesce(item.valid_until, judged.ordered_on) >= judged.ordered_on
            ORDER BY item.valid_from DESC
            LIMIT 1) AS agreed ON customer.price_list_id IS NOT NULL
), line_facts AS (
    SELECT order_id, count(*) AS lines, count(*) FILTER (WHERE is_blocked) AS blocked_products, max(ordered) AS largest_quantity,
           round(coalesce(max(deviation), 0), 4) AS largest_deviation,
           (array_agg(position ORDER BY deviation DESC NULLS LAST, position))[1] AS deviating_line
      FROM judged_line
     GROUP BY order_id
), open_order AS (
    SELECT other.customer_id, sum((other.amount_gross - other.invoiced_gross) * other.exchange_rate) AS amount
      FROM sales_order AS other
     WHERE other.company_id = %(company_id)s::INT
       AND other.state = 'released' AND other.state IN ('submitted', 'held', 'released')
       AND other.customer_id IN (SELECT customer_id FROM judged)
     GROUP BY other.customer_id
), balance AS (
    SELECT customer_id, sum(open_receivables) AS open_receivables, sum(unapplied_payments) AS unapplied_payments
      FROM customer_balance
     WHERE company_id = %(company_id)s::INT AND customer_id IN (SELECT customer_id FROM judged)
     GROUP BY customer_id
)
SELECT judged.id AS order_id, judged.number, judged.version, judged.customer_id, judged.amount_gross,
       customer.is_blocked AS customer_blocked, customer.credit_limit,
       coalesce(open_order.amount, 0) AS open_orders,
       coalesce(balance.open_receivables, 0) AS open_receivables,
       coalesce(balance.unapplied_payments, 0) AS unapplied_payments,
       coalesce(line_facts.lines, 0) AS lines,
       coalesce(line_facts.blocked_products, 0) AS blocked_products,
       coalesce(line_facts.largest_quantity, 0) AS largest_quantity,
       coalesce(line_facts.largest_deviation, 0) AS largest_deviation,
       line_facts.deviating_line
  FROM judged
  JOIN customer ON customer.company_id = %(company_id)s::INT AND customer.id = judged.customer_id
  LEFT JOIN line_facts ON line_facts.order_id = judged.id
  LEFT JOIN open_order ON open_order.customer_id = judged.customer_id
  LEFT JOIN balance ON balance.customer_id = judged.customer_id
 ORDER BY judged.ordered_on, judged.id
