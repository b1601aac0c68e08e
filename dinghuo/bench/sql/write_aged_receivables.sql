-- Ageing: open a receivable for each invoice; nineteen of twenty are settled 20 to 69 days later, if that day has come.
-- In:    company_id int, today date
-- Out:   nothing
-- Needs: the invoices written
INSERT INTO receivable (company_id, invoice_id, customer_id, issued_on, due_on, amount, applied, settled_on, moved_on)
SELECT %(company_id)s::INT, invoice.id, invoice.customer_id, invoice.issued_on, invoice.due_on, invoice.amount_gross,
       CASE WHEN paid.paid_on IS NULL THEN 0 ELSE invoice.amount_gross END, paid.paid_on, paid.paid_on
  FROM sales_invoice AS invoice
 CROSS JOIN LATERAL (
       SELECT CASE WHEN mod(invoice.series_number, 20) > 0 AND invoice.issued_on + 20 + mod(invoice.series_number, 50) <= %(today)s::DATE
                   THEN invoice.issued_on + 20 + mod(invoice.series_number, 50) END AS paid_on) AS paid
 WHERE invoice.company_id = %(company_id)s::INT
 ORDER BY invoice.id
