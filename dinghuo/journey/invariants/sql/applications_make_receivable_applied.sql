-- Find receivables whose settled part is not what was applied to them (for a credit: what was applied of it), or beyond their amount.
-- In:    company_id int
-- Out:   row_id bigint (receivable), document text, expected text, found text, detail text; at most 100 rows
-- Needs: nothing
WITH share AS (
    SELECT receivable_id, amount FROM payment_application WHERE company_id = %(company_id)s::INT
     UNION ALL
    SELECT credit_id AS receivable_id, -amount AS amount
      FROM payment_application
     WHERE company_id = %(company_id)s::INT AND credit_id IS NOT NULL
), applied AS (
    SELECT receivable_id, sum(amount) AS amount, count(*) AS applications
      FROM share
     GROUP BY receivable_id
)
SELECT receivable.id AS row_id, coalesce(invoice.number, 'draft ' || invoice.id) AS document,
       trim_scale(coalesce(applied.amount, 0)) || ' applied' AS expected,
       trim_scale(receivable.applied) || ' of ' || trim_scale(receivable.amount) || ' applied' AS found,
       coalesce(applied.applications, 0) || ' applications' AS detail
  FROM receivable
  LEFT JOIN applied ON applied.receivable_id = receivable.id
  JOIN sales_invoice AS invoice ON invoice.company_id = %(company_id)s::INT AND invoice.id = receivable.invoice_id
 WHERE receivable.company_id = %(company_id)s::INT
   AND (receivable.applied <> coalesce(applied.amount, 0)
        OR receivable.applied NOT BETWEEN least(receivable.amount, 0) AND greatest(receivable.amount, 0))
 ORDER BY receivable.id
 LIMIT 100
