-- The version of each rule that judges today at a check point, lowest precedence first.
-- In:    company_id int, point text
-- Out:   id bigint, code text, kind text, parameters jsonb, severity text, scope text, scope_value text, is_release_exclusion boolean
-- Needs: nothing
SELECT id, code, kind, parameters, severity, scope, scope_value, is_release_exclusion
  FROM review_rule
 WHERE company_id = %(company_id)s::INT AND retired_at IS NULL AND check_points @> to_jsonb(%(point)s::TEXT)
 ORDER BY precedence, id
