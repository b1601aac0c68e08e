-- Floor, payment: write the two sides of what the payments book.
-- In:    company_id int, order_ids bigint[]
-- Out:   nothing
-- Needs: the entries written
INSERT INTO journal_line (company_id, entry_id, account_id, customer_id, amount)
SELECT %(company_id)s::INT, entry.id, account.id, payment.customer_id, side.amount
  FROM sales_invoice AS invoice
  JOIN receivable ON receivable.company_id = %(company_id)s::INT AND receivable.invoice_id = invoice.id
  JOIN payment_application AS application
    ON application.company_id = %(company_id)s::INT AND application.receivable_id = receivable.id
  JOIN payment ON payment.company_id = %(company_id)s::INT AND payment.id = application.payment_id
  JOIN journal_entry AS entry
    ON entry.company_id = %(company_id)s::INT AND entry.document = 'payment' AND entry.document_id = payment.id
 CROSS JOIN LATERAL (VALUES ('bank', payment.amount), ('receivable', -payment.amount)) AS side (role, amount)
  JOIN account ON account.company_id = %(company_id)s::INT AND account.role = side.role
 WHERE invoice.company_id = %(company_id)s::INT AND invoice.order_id = ANY(%(order_ids)s::BIGINT[])
