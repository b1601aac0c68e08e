-- List rules by code, each by its newest version, after a code.
-- In:    company_id int, wanted text (part of the code, empty for all), kind text (empty for all), state text (in_force, retired or
--        empty for both), after_code text (empty for the first page), count int
-- Out:   id bigint, code text, version int, kind text, parameters jsonb, severity text, scope text, scope_value text,
--        check_points jsonb, precedence int, is_release_exclusion boolean, created_at timestamptz, created_by_id int,
--        author text (empty for the system), retired_at timestamptz; at most count rows
-- Needs: nothing
WITH newest AS (
    SELECT DISTINCT ON (review_rule.code)
        review_rule.id, review_rule.code, review_rule.version, review_rule.kind, review_rule.parameters, review_rule.severity,
        review_rule.scope, review_rule.scope_value, review_rule.check_points, review_rule.precedence,
        review_rule.is_release_exclusion, review_rule.created_at, review_rule.created_by_id, review_rule.retired_at
      FROM review_rule
     WHERE review_rule.company_id = %(company_id)s::INT AND review_rule.code > %(after_code)s::TEXT
     ORDER BY review_rule.code, review_rule.version DESC
)
SELECT
    newest.id, newest.code, newest.version, newest.kind, newest.parameters, newest.severity, newest.scope, newest.scope_value,
    newest.check_points, newest.precedence::INT AS precedence, newest.is_release_exclusion, newest.created_at, newest.created_by_id,
    coalesce(app_user.username, '') AS author, newest.retired_at
  FROM newest
  LEFT JOIN app_user ON app_user.id = newest.created_by_id
 WHERE strpos(lower(newest.code), lower(%(wanted)s::TEXT)) > 0
   AND %(kind)s::TEXT IN ('', newest.kind)
   AND (%(state)s::TEXT = '' OR (%(state)s::TEXT = 'retired') = (newest.retired_at IS NOT NULL))
 ORDER BY newest.code
 LIMIT %(count)s::INT
