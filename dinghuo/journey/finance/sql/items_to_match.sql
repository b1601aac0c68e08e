-- List the invoices that are open, and those settled since a day, by which a payment made twice is known.
-- In:    company_id int, since date
-- Out:   invoice_id bigint, receivable_id bigint, number text, order_number text, customer_po text, customer_id bigint, due_on date,
--        amount numeric, open numeric
-- Needs: nothing
SELECT receivable.invoice_id, receivable.id AS receivable_id, invoice.number, coalesce(sales_order.number, '') AS order_number,
       coalesce(sales_order.customer_po, '') AS customer_po, receivable.customer_id, receivable.due_on, receivable.amount,
       receivable.amount - receivable.applied AS open
  FROM receivable
  JOIN sales_invoice AS invoice ON invoice.company_id = %(company_id)s::INT AND invoice.id = receivable.invoice_id
  LEFT JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = invoice.order_id
 WHERE receivable.company_id = %(company_id)s::INT AND receivable.amount > 0
   AND (receivable.applied <> receivable.amount OR receivable.settled_on >= %(since)s::DATE)
 ORDER BY receivable.due_on, receivable.invoice_id
