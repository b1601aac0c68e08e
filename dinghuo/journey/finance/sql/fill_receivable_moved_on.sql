-- Say of each receivable on which day something was last applied to it, or of it.
-- In:    nothing
-- Out:   nothing
-- Needs: the owner's role
UPDATE receivable SET moved_on = part.moved_on
  FROM (SELECT side.company_id, side.id, max(side.applied_on) AS moved_on
          FROM (SELECT company_id, receivable_id AS id, applied_on FROM payment_application
                 UNION ALL
                SELECT company_id, credit_id AS id, applied_on FROM payment_application WHERE credit_id IS NOT NULL) AS side
         GROUP BY side.company_id, side.id) AS part
 WHERE part.company_id = receivable.company_id AND part.id = receivable.id
