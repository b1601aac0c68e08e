-- List the versions of the rule to which a version belongs, the newest first.
-- In:    company_id int, rule_id bigint (any version), before_version int, count int
-- Out:   id bigint, code text, version int, kind text, parameters jsonb, severity text, scope text, scope_value text,
--        check_points jsonb, precedence int, is_release_exclusion boolean, created_at timestamptz, created_by_id int,
--        author text (empty for the system), retired_at timestamptz; at most count rows, none for an unknown id
-- Needs: nothing
SELECT
    other.id, other.code, other.version, other.kind, other.parameters, other.severity, other.scope, other.scope_value,
    other.check_points, other.precedence::INT AS precedence, other.is_release_exclusion, other.created_at, other.created_by_id,
    coalesce(app_user.username, '') AS author, other.retired_at
  FROM review_rule AS named
 INNER JOIN review_rule AS other ON other.company_id = named.company_id AND other.code = named.code
  LEFT JOIN app_user ON app_user.id = other.created_by_id
 WHERE named.company_id = %(company_id)s::INT
   AND named.id = %(rule_id)s::BIGINT
   AND other.version < %(before_version)s::INT
 ORDER BY other.version DESC
 LIMIT %(count)s::INT
