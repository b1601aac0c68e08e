-- List invoices and credit notes that wait to be posted; by the partial index invoice_waiting_to_post.
-- In:    company_id integer, kinds text[], issued_from date, issued_until date, customer_ids bigint[] (null for all), before_on date
--        and before_id bigint (where the page before ended), count integer
-- Out:   id bigint, kind text, state text, number text, customer_code text, name text, name_zh text (the customer's),
--        order_id bigint, order_number text, issued_on date, due_on date, currency text, amount_gross numeric,
--        applied numeric (settled so far); at most count rows, latest first
-- Needs: nothing
SELECT
    sales_invoice.id, sales_invoice.kind, sales_invoice.state, sales_invoice.number, customer.code AS customer_code,
    customer.name, customer.name_zh, sales_invoice.order_id, sales_order.number AS order_number, sales_invoice.issued_on,
    sales_invoice.due_on, sales_invoice.currency, sales_invoice.amount_gross, coalesce(receivable.applied, 0) AS applied
  FROM sales_invoice
 INNER JOIN customer ON customer.company_id = sales_invoice.company_id AND customer.id = sales_invoice.customer_id
  LEFT JOIN sales_order ON sales_order.company_id = sales_invoice.company_id AND sales_order.id = sales_invoice.order_id
  LEFT JOIN receivable ON receivable.company_id = sales_invoice.company_id AND receivable.invoice_id = sales_invoice.id
 WHERE sales_invoice.company_id = %(company_id)s::INT
   AND sales_invoice.state = 'draft'
   AND sales_invoice.kind = ANY(%(kinds)s::TEXT [])
   AND sales_invoice.issued_on BETWEEN %(issued_from)s::DATE AND %(issued_until)s::DATE
   AND (%(customer_ids)s::BIGINT [] IS NULL OR sales_invoice.customer_id = ANY(%(customer_ids)s::BIGINT []))
   AND (sales_invoice.issued_on, sales_invoice.id) < (%(before_on)s::DATE, %(before_id)s::BIGINT)
 ORDER BY sales_invoice.issued_on DESC, sales_invoice.id DESC
 LIMIT %(count)s::INT
