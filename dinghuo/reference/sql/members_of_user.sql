-- Say what a user is in each company that it belongs to.
-- In:    user_id integer
-- Out:   user_id integer, company_id integer, company_code text, name text, name_zh text, time_zone text,
--        currency text, roles text[], customer_id bigint (of its role customer, else null); one row per company
-- Needs: no company chosen yet, or the rows of the others stay hidden
SELECT
    membership.user_id,
    membership.company_id,
    company.code AS company_code,
    company.name,
    company.name_zh,
    company.time_zone,
    company.currency,
    array_agg(membership.role::TEXT ORDER BY membership.role) AS roles,
    max(membership.customer_id) AS customer_id
FROM membership
INNER JOIN company ON company.id = membership.company_id
WHERE membership.user_id = %(user_id)s::INT
GROUP BY membership.user_id, membership.company_id, company.id
ORDER BY membership.company_id
