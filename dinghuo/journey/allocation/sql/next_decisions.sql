-- Name the next products of a run that are to be posted, each with how many lines it has.
-- In:    company_id int, run_id bigint, done int (products that were posted), count int
-- Out:   id bigint (of the decision), product_id bigint, lines int; in the order they were written
-- Needs: nothing
SELECT decided.id, decided.product_id, cardinality(decided.line_ids) AS lines
  FROM policy_run_product AS decided
 WHERE decided.company_id = %(company_id)s::INT AND decided.policy_run_id = %(run_id)s::BIGINT
 ORDER BY decided.id
LIMIT %(count)s::INT
OFFSET %(done)s::INT
