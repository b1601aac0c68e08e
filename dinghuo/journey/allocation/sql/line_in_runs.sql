-- Find what policy runs decided about a line, with its rivals, the newest run first.
-- In:    company_id int, line_id bigint, run_id bigint (null for those that were posted), count int
-- Out:   run_id bigint, state text, policy_code text, policy_version int, asked_at timestamptz, definition jsonb, product_id bigint,
--        scale smallint, place bigint (the line's, from 1), line_ids bigint[], wanted bigint[], had bigint[], given bigint[],
--        segments smallint[], reasons smallint[], fact_counts smallint[], facts bigint[], place_lines int[], place_levels bigint[],
--        place_units bigint[]; at most count rows
-- Needs: nothing
SELECT run.id AS run_id, run.state, coalesce(policy.code, '') AS policy_code, coalesce(policy.version, 1) AS policy_version,
       run.asked_at, run.definition, decided.product_id, decided.scale, array_position(decided.line_ids, line.id)::BIGINT AS place,
       decided.line_ids, decided.wanted, decided.had, decided.given, decided.segments, decided.reasons, decided.fact_counts,
       decided.facts, decided.place_lines, decided.place_levels, decided.place_units
  FROM sales_order_line AS line
  JOIN policy_run AS run ON run.company_id = %(company_id)s::INT
  JOIN policy_run_product AS decided
    ON decided.company_id = %(company_id)s::INT AND decided.policy_run_id = run.id AND decided.product_id = line.product_id
  LEFT JOIN allocation_policy AS policy ON policy.company_id = %(company_id)s::INT AND policy.id = run.policy_id
 WHERE line.company_id = %(company_id)s::INT AND line.id = %(line_id)s::BIGINT AND line.id = ANY(decided.line_ids)
   AND (%(run_id)s::BIGINT IS NULL AND run.state = 'posted' OR run.id = %(run_id)s::BIGINT)
 ORDER BY run.id DESC
 LIMIT %(count)s::INT
