-- Show an order's invoices and credit notes, first to last.
-- In:    company_id integer, order_id bigint
-- Out:   id bigint, kind text, state text, number text, issued_on date, due_on date, currency text, amount_net numeric,
--        amount_tax numeric, amount_gross numeric, applied numeric (settled so far), settled_on date; one row per document
-- Needs: nothing
SELECT
    sales_invoice.id, sales_invoice.kind, sales_invoice.state, sales_invoice.number, sales_invoice.issued_on,
    sales_invoice.due_on, sales_invoice.currency, sales_invoice.amount_net, sales_invoice.amount_tax,
    sales_invoice.amount_gross, coalesce(receivable.applied, 0) AS applied, receivable.settled_on
  FROM sales_invoice
  LEFT JOIN receivable ON receivable.company_id = sales_invoice.company_id AND receivable.invoice_id = sales_invoice.id
 WHERE sales_invoice.company_id = %(company_id)s::INT
   AND sales_invoice.order_id = %(order_id)s::BIGINT
   AND sales_invoice.state <> 'dropped'
 ORDER BY sales_invoice.id
