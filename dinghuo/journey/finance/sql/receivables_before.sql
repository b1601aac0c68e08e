-- List what customers owe, the newest first, as programs read it.
-- In:    company_id integer, before bigint, count integer, and filters that null opens: only_customer bigint, customer text (its
--        code), only_open boolean (leave out what is settled), due_until date
-- Out:   id bigint, invoice_id bigint, invoice_number text, kind text, customer_id bigint, customer text (its code), currency text,
--        due_on date, amount numeric, applied numeric, open_amount numeric, settled_on date; a credit note's amounts are negative;
--        at most count rows
-- Needs: nothing
SELECT
    receivable.id, receivable.invoice_id, invoice.number AS invoice_number, invoice.kind, receivable.customer_id,
    customer.code AS customer, invoice.currency, receivable.due_on,
    round(receivable.amount, currency.minor_units::INT) AS amount, round(receivable.applied, currency.minor_units::INT) AS applied,
    round(receivable.amount - receivable.applied, currency.minor_units::INT) AS open_amount, receivable.settled_on
  FROM receivable
 INNER JOIN sales_invoice AS invoice ON invoice.company_id = receivable.company_id AND invoice.id = receivable.invoice_id
 INNER JOIN currency ON currency.code = invoice.currency
 INNER JOIN customer ON customer.company_id = receivable.company_id AND customer.id = receivable.customer_id
 WHERE receivable.company_id = %(company_id)s::INT
   AND receivable.id < %(before)s::BIGINT
   AND (%(only_customer)s::BIGINT IS NULL OR receivable.customer_id = %(only_customer)s::BIGINT)
   AND (%(customer)s::TEXT IS NULL OR customer.code = %(customer)s::TEXT)
   AND (NOT %(only_open)s::BOOLEAN OR receivable.applied <> receivable.amount)
   AND (%(due_until)s::DATE IS NULL OR receivable.due_on <= %(due_until)s::DATE)
 ORDER BY receivable.id DESC
 LIMIT %(count)s::INT
