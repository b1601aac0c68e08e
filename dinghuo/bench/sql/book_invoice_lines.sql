-- Floor, finance: write the two sides of what the invoices book.
-- In:    company_id int, order_ids bigint[]
-- Out:   nothing
-- Needs: the entries written
INSERT INTO journal_line (company_id, entry_id, account_id, customer_id, amount)
SELECT %(company_id)s::INT, entry.id, account.id, invoice.customer_id, side.amount
  FROM sales_invoice AS invoice
  JOIN journal_entry AS entry
    ON entry.company_id = %(company_id)s::INT AND entry.document = 'sales_invoice' AND entry.document_id = invoice.id
 CROSS JOIN LATERAL (VALUES ('receivable', invoice.amount_gross), ('sales_revenue', -invoice.amount_net),
                            ('tax_output', -invoice.amount_tax)) AS side (role, amount)
  JOIN account ON account.company_id = %(company_id)s::INT AND account.role = side.role
 WHERE invoice.company_id = %(company_id)s::INT AND invoice.order_id = ANY(%(order_ids)s::BIGINT[])
