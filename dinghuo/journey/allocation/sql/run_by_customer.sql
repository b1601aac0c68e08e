-- Sum what a run changes by customer: who gains and who loses, in units, money and lines served in full.
-- In:    company_id int, run_id bigint, count int
-- Out:   customer_id bigint, customer text (code), name text, lines_gaining bigint, lines_losing bigint, units_gained numeric,
--        units_lost numeric, amount numeric (company currency, net), promises_won bigint, promises_lost bigint (lines in full that were
--        not before, and the other way round); the largest loss of money first, at most count rows
-- Needs: nothing
SELECT customer.id AS customer_id, customer.code AS customer, customer.name, count(*) FILTER (WHERE row.given > row.had) AS lines_gaining,
       count(*) FILTER (WHERE row.given < row.had) AS lines_losing,
       trim_scale(coalesce(sum((row.given - row.had)::NUMERIC / decided.scale) FILTER (WHERE row.given > row.had), 0)) AS units_gained,
       trim_scale(coalesce(sum((row.had - row.given)::NUMERIC / decided.scale) FILTER (WHERE row.given < row.had), 0)) AS units_lost,
       round(sum((row.given - row.had)::NUMERIC / decided.scale * line.unit_price * sales_order.exchange_rate), 2) AS amount,
       count(*) FILTER (WHERE row.had < row.wanted AND row.given >= row.wanted) AS promises_won,
       count(*) FILTER (WHERE row.had >= row.wanted AND row.given < row.wanted) AS promises_lost
  FROM policy_run_product AS decided
 CROSS JOIN LATERAL unnest(decided.line_ids, decided.wanted, decided.had, decided.given) AS row (line_id, wanted, had, given)
  JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.id = row.line_id
  JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = line.order_id
  JOIN customer ON customer.company_id = %(company_id)s::INT AND customer.id = sales_order.customer_id
 WHERE decided.company_id = %(company_id)s::INT AND decided.policy_run_id = %(run_id)s::BIGINT AND row.given <> row.had
 GROUP BY customer.id, customer.code, customer.name
 ORDER BY round(sum((row.given - row.had)::NUMERIC / decided.scale * line.unit_price * sales_order.exchange_rate), 2), customer.id
 LIMIT %(count)s::INT
