-- The version of each rule that judges today.
-- In:    company_id int
-- Out:   id bigint, code text, kind text, parameters jsonb, severity text
-- Needs: nothing
SELECT id, code, kind, parameters, severity
  FROM review_rule
 WHERE company_id = %(company_id)s::INT AND retired_at IS NULL
 ORDER BY id
