-- List versions of rules, the oldest first, after an id.
-- In:    company_id int, after_id bigint, count int, state text (in_force, retired or empty for both), kind text (empty for all)
-- Out:   id bigint, code text, version int, kind text, parameters jsonb, severity text, scope text, scope_value text,
--        check_points jsonb, precedence int, is_release_exclusion boolean, created_at timestamptz, created_by_id int,
--        author text (empty for the system), retired_at timestamptz; at most count rows
-- Needs: nothing
SELECT
    review_rule.id, review_rule.code, review_rule.version, review_rule.kind, review_rule.parameters, review_rule.severity,
    review_rule.scope, review_rule.scope_value, review_rule.check_points, review_rule.precedence::INT AS precedence,
    review_rule.is_release_exclusion, review_rule.created_at, review_rule.created_by_id,
    coalesce(app_user.username, '') AS author, review_rule.retired_at
  FROM review_rule
  LEFT JOIN app_user ON app_user.id = review_rule.created_by_id
 WHERE review_rule.company_id = %(company_id)s::INT
   AND review_rule.id > %(after_id)s::BIGINT
   AND %(kind)s::TEXT IN ('', review_rule.kind)
   AND (%(state)s::TEXT = '' OR (%(state)s::TEXT = 'retired') = (review_rule.retired_at IS NOT NULL))
 ORDER BY review_rule.id
 LIMIT %(count)s::INT
