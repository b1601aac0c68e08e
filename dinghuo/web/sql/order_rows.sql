-- Show orders as a list does: who, when, how much, how far, what is wrong.
-- In:    company_id integer, order_ids bigint[]
-- Out:   id bigint, number text, state text, ordered_on date, customer_code text, name text, name_zh text (the customer's),
--        customer_po text, currency text, amount_gross numeric, lines integer, ordered numeric, allocated numeric, shipped numeric,
--        invoiced numeric (stock units, sums over the lines), lines_short integer, holds text[] (kinds of the rules that hold it or a line, by_hand for a person);
--        one row per order, latest first
-- Needs: nothing
SELECT
    sales_order.id, sales_order.number, sales_order.state, sales_order.ordered_on, customer.code AS customer_code,
    customer.name, customer.name_zh, sales_order.customer_po, sales_order.currency, sales_order.amount_gross,
    progress.lines, progress.ordered, progress.allocated, progress.shipped, progress.invoiced, progress.lines_short,
    (
        SELECT coalesce(array_agg(DISTINCT coalesce(review_rule.kind, 'by_hand')::TEXT), ARRAY[]::TEXT [])
          FROM hold
          LEFT JOIN review_rule ON review_rule.company_id = hold.company_id AND review_rule.id = hold.rule_id
         WHERE hold.company_id = sales_order.company_id AND hold.order_id = sales_order.id AND hold.lifted_at IS NULL
    ) AS holds
  FROM sales_order
 INNER JOIN customer ON customer.company_id = sales_order.company_id AND customer.id = sales_order.customer_id
 CROSS JOIN LATERAL (
    SELECT
        count(*)::INT AS lines, coalesce(sum(line.ordered), 0) AS ordered, coalesce(sum(line.allocated), 0) AS allocated,
        coalesce(sum(line.shipped), 0) AS shipped, coalesce(sum(line.invoiced), 0) AS invoiced,
        count(shortage.id)::INT AS lines_short
      FROM sales_order_line AS line
      LEFT JOIN shortage
             ON shortage.company_id = line.company_id AND shortage.order_line_id = line.id AND shortage.closed_at IS NULL
     WHERE line.company_id = sales_order.company_id AND line.order_id = sales_order.id
 ) AS progress
 WHERE sales_order.company_id = %(company_id)s::INT
   AND sales_order.id = ANY(%(order_ids)s::BIGINT [])
 ORDER BY sales_order.ordered_on DESC, sales_order.id DESC
