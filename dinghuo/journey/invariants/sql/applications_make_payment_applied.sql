-- Find payments of which another amount is applied than their applications come to, or more than was paid.
-- In:    company_id int
-- Out:   row_id bigint (payment), document text, expected text, found text, detail text; at most 100 rows
-- Needs: nothing
WITH applied AS (
    -- What was taken back is used up as well.
    SELECT payment_id, sum(amount) AS amount, count(*) AS applications
      FROM (SELECT payment_id, amount FROM payment_application WHERE company_id = %(company_id)s::INT AND payment_id IS NOT NULL
             UNION ALL
            SELECT payment_id, amount FROM payment_reversal WHERE company_id = %(company_id)s::INT) AS used
     GROUP BY payment_id
)
SELECT payment.id AS row_id, payment.number AS document,
       trim_scale(coalesce(applied.amount, 0)) || ' applied' AS expected,
       trim_scale(payment.applied) || ' of ' || trim_scale(payment.amount) || ' applied' AS found,
       coalesce(applied.applications, 0) || ' applications' AS detail
  FROM payment
  LEFT JOIN applied ON applied.payment_id = payment.id
 WHERE payment.company_id = %(company_id)s::INT
   AND (payment.applied <> coalesce(applied.amount, 0) OR payment.applied NOT BETWEEN 0 AND payment.amount)
 ORDER BY payment.id
 LIMIT 100
