-- Lock some disputes.
-- In:    company_id int, dispute_ids bigint[]
-- Out:   id bigint, receivable_id bigint, invoice_id bigint, order_id bigint (null: none), is_open boolean
-- Needs: nothing locked after disputes
SELECT dispute.id, dispute.receivable_id, receivable.invoice_id, invoice.order_id, dispute.closed_at IS NULL AS is_open
  FROM dispute
 INNER JOIN receivable ON receivable.company_id = %(company_id)s::INT AND receivable.id = dispute.receivable_id
 INNER JOIN sales_invoice AS invoice ON invoice.company_id = %(company_id)s::INT AND invoice.id = receivable.invoice_id
 WHERE dispute.company_id = %(company_id)s::INT AND dispute.id = ANY(%(dispute_ids)s::BIGINT[])
 ORDER BY dispute.id
   FOR NO KEY UPDATE OF dispute
