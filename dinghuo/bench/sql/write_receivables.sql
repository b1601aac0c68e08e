-- Floor, finance: open the receivables of the invoices.
-- In:    company_id int, order_ids bigint[]
-- Out:   nothing
-- Needs: the invoices written
INSERT INTO receivable (company_id, invoice_id, customer_id, issued_on, due_on, amount)
SELECT %(company_id)s::INT, id, customer_id, issued_on, due_on, amount_gross
  FROM sales_invoice
 WHERE company_id = %(company_id)s::INT AND order_id = ANY(%(order_ids)s::BIGINT[])
