-- List what customers owe, the longest due first; by the partial index receivable_still_open.
-- In:    company_id integer, due_from date, due_until date, customer_ids bigint[] (null for all), after_on date and
--        after_id bigint (where the page before ended), count integer
-- Out:   id bigint, invoice_id bigint, invoice_number text, kind text, customer_id bigint, customer_code text, name text,
--        name_zh text (the customer's), order_id bigint, currency text, due_on date, amount numeric, open_amount numeric,
--        dispute_id bigint, disputed numeric, dispute_reason text (the oldest open dispute; null: none); at most count rows
-- Needs: nothing
SELECT
    receivable.id, receivable.invoice_id, sales_invoice.number AS invoice_number, sales_invoice.kind, receivable.customer_id,
    customer.code AS customer_code, customer.name, customer.name_zh, sales_invoice.order_id, sales_invoice.currency,
    receivable.due_on, receivable.amount, receivable.amount - receivable.applied AS open_amount, dispute.id AS dispute_id,
    dispute.amount AS disputed, dispute.reason AS dispute_reason
  FROM receivable
 INNER JOIN sales_invoice ON sales_invoice.company_id = receivable.company_id AND sales_invoice.id = receivable.invoice_id
 INNER JOIN customer ON customer.company_id = receivable.company_id AND customer.id = receivable.customer_id
 LEFT JOIN LATERAL (
    SELECT standing.id, standing.amount, standing.reason
      FROM dispute AS standing
     WHERE standing.company_id = receivable.company_id AND standing.receivable_id = receivable.id AND standing.closed_at IS NULL
     ORDER BY standing.id
     LIMIT 1
 ) AS dispute ON TRUE
 WHERE receivable.company_id = %(company_id)s::INT
   AND receivable.applied <> receivable.amount
   AND receivable.due_on BETWEEN %(due_from)s::DATE AND %(due_until)s::DATE
   AND (%(customer_ids)s::BIGINT [] IS NULL OR receivable.customer_id = ANY(%(customer_ids)s::BIGINT []))
   AND (receivable.due_on, receivable.id) > (%(after_on)s::DATE, %(after_id)s::BIGINT)
 ORDER BY receivable.due_on, receivable.id
 LIMIT %(count)s::INT
