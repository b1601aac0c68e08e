-- Show one invoice or credit note.
-- In:    company_id integer, invoice_id bigint, customer_id bigint (null for staff: then any customer's)
-- Out:   id bigint, kind text, state text, number text, customer_id bigint, customer_code text, name text, name_zh text, address text,
--        city text, country text, tax_id text (the customer's), order_id bigint, order_number text, issued_on date, due_on date,
--        currency text, amount_net numeric, amount_tax numeric, amount_gross numeric, applied numeric (settled so far);
--        one row, or none; a customer is shown no drafts
-- Needs: nothing
SELECT
    sales_invoice.id, sales_invoice.kind, sales_invoice.state, sales_invoice.number, sales_invoice.customer_id,
    customer.code AS customer_code, customer.name, customer.name_zh, customer.address, customer.city, customer.country,
    customer.tax_id, sales_invoice.order_id, sales_order.number AS order_number, sales_invoice.issued_on,
    sales_invoice.due_on, sales_invoice.currency, sales_invoice.amount_net, sales_invoice.amount_tax,
    sales_invoice.amount_gross, coalesce(receivable.applied, 0) AS applied
  FROM sales_invoice
 INNER JOIN customer ON customer.company_id = sales_invoice.company_id AND customer.id = sales_invoice.customer_id
  LEFT JOIN sales_order ON sales_order.company_id = sales_invoice.company_id AND sales_order.id = sales_invoice.order_id
  LEFT JOIN receivable ON receivable.company_id = sales_invoice.company_id AND receivable.invoice_id = sales_invoice.id
 WHERE sales_invoice.company_id = %(company_id)s::INT
   AND sales_invoice.id = %(invoice_id)s::BIGINT
   AND (
       %(customer_id)s::BIGINT IS NULL
       OR sales_invoice.customer_id = %(customer_id)s::BIGINT AND sales_invoice.state = 'posted'
   )
