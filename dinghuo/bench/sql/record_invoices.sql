-- Floor, finance: record that invoices were drafted and posted.
-- In:    company_id int, order_ids bigint[], at timestamptz
-- Out:   nothing
-- Needs: the invoices written
INSERT INTO event (company_id, kind, document, document_id, journey_id, at, facts)
SELECT %(company_id)s::INT, happened.kind, 'sales_invoice', invoice.id, invoice.order_id, %(at)s::TIMESTAMPTZ,
       jsonb_build_object('number', invoice.number, 'amount', invoice.amount_gross::TEXT)
  FROM (VALUES ('InvoiceDrafted'), ('InvoicePosted')) AS happened (kind)
 CROSS JOIN sales_invoice AS invoice
 WHERE invoice.company_id = %(company_id)s::INT AND invoice.order_id = ANY(%(order_ids)s::BIGINT[])
