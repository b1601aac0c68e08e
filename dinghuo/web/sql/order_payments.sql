-- Show what settled an order's invoices: payments and credit notes, first to last.
-- In:    company_id integer, order_id bigint
-- Out:   id bigint (of the application), payment_number text (null for a credit note), method text, invoice_number text,
--        amount numeric, reason text, applied_on date; one row per application
-- Needs: nothing
SELECT
    payment_application.id, payment.number AS payment_number, coalesce(payment.method, 'credit_note') AS method,
    sales_invoice.number AS invoice_number, payment_application.amount, payment_application.reason,
    payment_application.applied_on
  FROM sales_invoice
 INNER JOIN receivable ON receivable.company_id = sales_invoice.company_id AND receivable.invoice_id = sales_invoice.id
 INNER JOIN payment_application
         ON payment_application.company_id = sales_invoice.company_id AND payment_application.receivable_id = receivable.id
  LEFT JOIN payment ON payment.company_id = sales_invoice.company_id AND payment.id = payment_application.payment_id
 WHERE sales_invoice.company_id = %(company_id)s::INT
   AND sales_invoice.order_id = %(order_id)s::BIGINT
 ORDER BY payment_application.id
