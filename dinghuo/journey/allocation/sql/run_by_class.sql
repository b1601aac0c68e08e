-- Sum what a run changes by class of customer: lines, units, money and lines served in full, gained and lost.
-- In:    company_id int, run_id bigint
-- Out:   customer_class text, lines_gaining bigint, lines_losing bigint, units_gained numeric, units_lost numeric, amount_gained numeric,
--        amount_lost numeric (company currency, net), promises_won bigint, promises_lost bigint; by class
-- Needs: nothing
WITH changed AS (
    SELECT customer.customer_class, each.wanted, each.had, each.given, (each.given - each.had)::NUMERIC / decided.scale AS change,
           (each.given - each.had)::NUMERIC / decided.scale * line.unit_price * sales_order.exchange_rate AS amount
      FROM policy_run_product AS decided
     CROSS JOIN LATERAL unnest(decided.line_ids, decided.wanted, decided.had, decided.given) AS each (line_id, wanted, had, given)
     INNER JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.id = each.line_id
     INNER JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = line.order_id
     INNER JOIN customer ON customer.company_id = %(company_id)s::INT AND customer.id = sales_order.customer_id
     WHERE decided.company_id = %(company_id)s::INT AND decided.policy_run_id = %(run_id)s::BIGINT AND each.given <> each.had
)
SELECT customer_class, count(*) FILTER (WHERE change > 0) AS lines_gaining, count(*) FILTER (WHERE change < 0) AS lines_losing,
       trim_scale(coalesce(sum(change) FILTER (WHERE change > 0), 0)) AS units_gained,
       trim_scale(coalesce(-sum(change) FILTER (WHERE change < 0), 0)) AS units_lost,
       round(coalesce(sum(amount) FILTER (WHERE change > 0), 0), 2) AS amount_gained,
       round(coalesce(-sum(amount) FILTER (WHERE change < 0), 0), 2) AS amount_lost,
       count(*) FILTER (WHERE had < wanted AND given >= wanted) AS promises_won,
       count(*) FILTER (WHERE had >= wanted AND given < wanted) AS promises_lost
  FROM changed
 GROUP BY customer_class
 ORDER BY customer_class
