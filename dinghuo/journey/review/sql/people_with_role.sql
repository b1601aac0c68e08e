-- Name the people of a company that have one of some roles.
-- In:    company_id int, roles text[]
-- Out:   id int, username text, roles text[] (of those asked for); one row a person
-- Needs: nothing
SELECT membership.user_id AS id, app_user.username, array_agg(membership.role ORDER BY membership.role) AS roles
  FROM membership
 INNER JOIN app_user ON app_user.id = membership.user_id
 WHERE membership.company_id = %(company_id)s::INT AND membership.role = ANY(%(roles)s::TEXT[])
 GROUP BY membership.user_id, app_user.username
 ORDER BY app_user.username
