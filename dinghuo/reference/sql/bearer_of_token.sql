-- Say who bears a token: its user, company and scopes, and what the user is in that company.
-- In:    token_hash bytea, at timestamptz
-- Out:   token_id bigint, scopes jsonb, user_id integer, username text, company_id integer, company_code text, name text, name_zh text,
--        time_zone text, currency text, roles text[], customer_id bigint; no row for a token that is unknown, expired, revoked,
--        of a closed account or of a user that is no member any more
-- Needs: no company chosen yet, or the rows of the others stay hidden
SELECT
    api_token.id AS token_id,
    api_token.scopes,
    api_token.user_id,
    app_user.username,
    api_token.company_id,
    company.code AS company_code,
    company.name,
    company.name_zh,
    company.time_zone,
    company.currency,
    array_agg(membership.role::TEXT ORDER BY membership.role) AS roles,
    max(membership.customer_id) AS customer_id
  FROM api_token
 INNER JOIN app_user ON app_user.id = api_token.user_id AND app_user.is_active
 INNER JOIN company ON company.id = api_token.company_id
 INNER JOIN membership ON membership.company_id = api_token.company_id AND membership.user_id = api_token.user_id
 WHERE api_token.token_hash = %(token_hash)s::BYTEA
   AND api_token.revoked_at IS NULL
   AND coalesce(api_token.expires_at > %(at)s::TIMESTAMPTZ, TRUE)
 GROUP BY api_token.company_id, api_token.id, app_user.id, company.id
