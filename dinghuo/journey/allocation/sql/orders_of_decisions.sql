-- Find the orders whose lines some decisions of a run are about.
-- In:    company_id int, decision_ids bigint[]
-- Out:   id bigint; by order
-- Needs: nothing
SELECT DISTINCT line.order_id AS id
  FROM policy_run_product AS decided
 CROSS JOIN LATERAL unnest(decided.line_ids) AS asked (line_id)
  JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.id = asked.line_id
 WHERE decided.company_id = %(company_id)s::INT AND decided.id = ANY(%(decision_ids)s::BIGINT[])
 ORDER BY line.order_id
