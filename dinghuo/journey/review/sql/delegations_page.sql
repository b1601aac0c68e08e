-- List the roles that are or were lent, the newest first, with who lent them to whom.
-- In:    company_id int, before_id bigint, count int, day date (today), state text (lent for now or later, over, or empty for both)
-- Out:   id bigint, role text, from_user_id int, lender text, to_user_id int, deputy text, from_on date, until_on date, reason text,
--        ended_at timestamptz, created_at timestamptz, author text (empty for the system), is_over boolean; at most count rows
-- Needs: nothing
SELECT
    delegation.id, delegation.role, delegation.given_by_id AS from_user_id, coalesce(lender.username, '') AS lender,
    delegation.user_id AS to_user_id, coalesce(deputy.username, '') AS deputy, delegation.from_on, delegation.until_on,
    delegation.reason, delegation.ended_at, delegation.created_at, coalesce(author.username, '') AS author,
    delegation.ended_at IS NOT NULL OR delegation.until_on < %(day)s::DATE AS is_over
  FROM delegation
  LEFT JOIN app_user AS lender ON lender.id = delegation.given_by_id
  LEFT JOIN app_user AS deputy ON deputy.id = delegation.user_id
  LEFT JOIN app_user AS author ON author.id = delegation.created_by_id
 WHERE delegation.company_id = %(company_id)s::INT
   AND delegation.id < %(before_id)s::BIGINT
   AND (
       %(state)s::TEXT = ''
       OR (%(state)s::TEXT = 'over') = (delegation.ended_at IS NOT NULL OR delegation.until_on < %(day)s::DATE)
   )
 ORDER BY delegation.id DESC
 LIMIT %(count)s::INT
