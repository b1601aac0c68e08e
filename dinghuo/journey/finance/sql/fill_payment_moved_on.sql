-- Say of each payment on which day it was last applied or taken back.
-- In:    nothing
-- Out:   nothing
-- Needs: the owner's role
UPDATE payment SET moved_on = part.moved_on
  FROM (SELECT side.company_id, side.id, max(side.moved_on) AS moved_on
          FROM (SELECT company_id, payment_id AS id, applied_on AS moved_on FROM payment_application WHERE payment_id IS NOT NULL
                 UNION ALL
                SELECT company_id, payment_id AS id, reversed_on AS moved_on FROM payment_reversal) AS side
         GROUP BY side.company_id, side.id) AS part
 WHERE part.company_id = payment.company_id AND part.id = payment.id
