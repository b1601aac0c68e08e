-- List the roles that are lent or will be, the oldest first.
-- In:    company_id int, after_id bigint (where the page before ended), count int, day date
-- Out:   id bigint, role text, from_user_id int, to_user_id int, from_on date, until_on date, reason text; at most count rows
-- Needs: nothing
SELECT id, role, given_by_id AS from_user_id, user_id AS to_user_id, from_on, until_on, reason
  FROM delegation
 WHERE company_id = %(company_id)s::INT
   AND ended_at IS NULL
   AND until_on >= %(day)s::DATE
   AND id > %(after_id)s::BIGINT
 ORDER BY id
 LIMIT %(count)s::INT
