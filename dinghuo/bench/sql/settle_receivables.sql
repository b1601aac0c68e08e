-- Floor, payment: settle the receivables.
-- In:    company_id int, order_ids bigint[], today date
-- Out:   nothing
-- Needs: nothing
UPDATE receivable SET applied = receivable.amount, settled_on = %(today)s::DATE, moved_on = %(today)s::DATE
  FROM sales_invoice AS invoice
 WHERE invoice.company_id = %(company_id)s::INT AND invoice.order_id = ANY(%(order_ids)s::BIGINT[])
   AND receivable.company_id = %(company_id)s::INT AND receivable.invoice_id = invoice.id
