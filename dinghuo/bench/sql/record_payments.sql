-- Floor, payment: record that payments were taken and applied; the taking belongs to no order.
-- In:    company_id int, order_ids bigint[], at timestamptz
-- Out:   nothing
-- Needs: the applications written
INSERT INTO event (company_id, kind, document, document_id, journey_id, at, facts)
SELECT %(company_id)s::INT, happened.kind, 'payment', application.payment_id,
       CASE WHEN happened.kind = 'PaymentApplied' THEN invoice.order_id END, %(at)s::TIMESTAMPTZ,
       jsonb_build_object('invoice', invoice.id, 'amount', application.amount::TEXT)
  FROM (VALUES ('PaymentTaken'), ('PaymentApplied')) AS happened (kind)
 CROSS JOIN sales_invoice AS invoice
  JOIN receivable ON receivable.company_id = %(company_id)s::INT AND receivable.invoice_id = invoice.id
  JOIN payment_application AS application
    ON application.company_id = %(company_id)s::INT AND application.receivable_id = receivable.id
 WHERE invoice.company_id = %(company_id)s::INT AND invoice.order_id = ANY(%(order_ids)s::BIGINT[])
