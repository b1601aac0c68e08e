-- Lock customers, so that one transaction at a time decides on their credit; foreign keys to them are not held up.
-- In:    company_id int, customer_ids bigint[]
-- Out:   id bigint
-- Needs: orders locked before, stock levels after
-- Members of a group share its limit, and so meet at the row of their parent.
SELECT id
  FROM customer
 WHERE company_id = %(company_id)s::INT
   AND (id = ANY(%(customer_ids)s::BIGINT[]) AND coalesce(credit_limit, group_credit_limit) IS NOT NULL
        OR id IN (
            SELECT member.parent_id
              FROM customer AS member
             WHERE member.company_id = %(company_id)s::INT AND member.id = ANY(%(customer_ids)s::BIGINT[])
               AND member.parent_id IS NOT NULL))
 ORDER BY id
   FOR NO KEY UPDATE
