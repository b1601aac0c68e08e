-- What a person may act as on a day: own roles, and roles lent by somebody who has them still.
-- In:    company_id int, user_id int, day date
-- Out:   role text, lender_id int (null for an own role)
-- Needs: nothing
SELECT membership.role, NULL::INT AS lender_id
  FROM membership
 WHERE membership.company_id = %(company_id)s::INT AND membership.user_id = %(user_id)s::INT
 UNION ALL
SELECT delegation.role, delegation.given_by_id AS lender_id
  FROM delegation
 INNER JOIN membership
         ON membership.company_id = delegation.company_id AND membership.user_id = delegation.given_by_id
        AND membership.role = delegation.role
 WHERE delegation.company_id = %(company_id)s::INT
   AND delegation.user_id = %(user_id)s::INT
   AND delegation.ended_at IS NULL
   AND %(day)s::DATE BETWEEN delegation.from_on AND delegation.until_on
 ORDER BY lender_id NULLS FIRST, role
