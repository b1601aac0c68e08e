-- Lock the receivables of some invoices, with what is open and what of it is disputed already.
-- In:    company_id int, invoice_ids bigint[]
-- Out:   invoice_id bigint, receivable_id bigint, order_id bigint (null: none), open numeric, is_disputed boolean
-- Needs: nothing locked after receivables
WITH owed AS MATERIALIZED (
    SELECT receivable.id, receivable.invoice_id, receivable.amount - receivable.applied AS open
      FROM receivable
     WHERE receivable.company_id = %(company_id)s::INT AND receivable.invoice_id = ANY(%(invoice_ids)s::BIGINT[])
     ORDER BY receivable.id
       FOR NO KEY UPDATE
)
SELECT owed.invoice_id, owed.id AS receivable_id, invoice.order_id, owed.open,
       coalesce(standing.is_disputed, FALSE) AS is_disputed
  FROM owed
 INNER JOIN sales_invoice AS invoice ON invoice.company_id = %(company_id)s::INT AND invoice.id = owed.invoice_id
  LEFT JOIN (
      SELECT dispute.receivable_id, TRUE AS is_disputed
        FROM dispute
       WHERE dispute.company_id = %(company_id)s::INT AND dispute.closed_at IS NULL
         AND dispute.receivable_id IN (SELECT owed.id FROM owed)
       GROUP BY dispute.receivable_id
  ) AS standing ON standing.receivable_id = owed.id
 ORDER BY owed.id
