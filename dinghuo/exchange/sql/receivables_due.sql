-- Open receivables that have fallen due.
-- In:    company_id int, today date
-- Out:   invoice_id bigint, customer_id bigint, customer_code text, is_walk_in boolean, number text, due_today date, open_amount numeric
-- Needs: nothing
SELECT receivable.invoice_id, receivable.customer_id, customer.code AS customer_code, customer.is_walk_in, invoice.number,
       receivable.due_on, receivable.amount - receivable.applied AS open_amount
  FROM receivable
  JOIN sales_invoice AS invoice ON invoice.company_id = receivable.company_id AND invoice.id = receivable.invoice_id
  JOIN customer ON customer.company_id = receivable.company_id AND customer.id = receivable.customer_id
 WHERE receivable.company_id = %(company_id)s::INT AND receivable.applied <> receivable.amount
   AND receivable.due_on <= %(today)s::DATE AND receivable.amount > 0
 ORDER BY receivable.id
