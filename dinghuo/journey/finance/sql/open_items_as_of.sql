-- List the documents and payments behind the ageing of a day, with what was open of each at its end; the longest due first.
-- In:    company_id int, day date, customer_ids bigint[] (null: all), kinds text[] (invoice, credit_note, payment), due_from date,
--        due_until date, after_due date and after_place bigint (where the page before ended), count int
-- Out:   see ageing.OpenItem; a payment is due on the day it came, its amounts and a credit note's are negative; at most count rows
-- Needs: nothing
WITH item AS MATERIALIZED (
    SELECT id, invoice_id, customer_id, due_on, moved_on, amount
      FROM receivable
     WHERE company_id = %(company_id)s::INT AND issued_on <= %(day)s::DATE AND settled_on IS NULL
       AND (%(customer_ids)s::BIGINT[] IS NULL OR customer_id = ANY(%(customer_ids)s::BIGINT[]))
       AND due_on BETWEEN %(due_from)s::DATE AND %(due_until)s::DATE AND 'payment' <> ALL(%(kinds)s::TEXT[])
     UNION ALL
    SELECT id, invoice_id, customer_id, due_on, moved_on, amount
      FROM receivable
     WHERE company_id = %(company_id)s::INT AND issued_on <= %(day)s::DATE AND settled_on IS NOT NULL AND moved_on > %(day)s::DATE
       AND (%(customer_ids)s::BIGINT[] IS NULL OR customer_id = ANY(%(customer_ids)s::BIGINT[]))
       AND due_on BETWEEN %(due_from)s::DATE AND %(due_until)s::DATE AND 'payment' <> ALL(%(kinds)s::TEXT[])
), money AS MATERIALIZED (
    SELECT id, number, customer_id, received_on, amount
      FROM payment
     WHERE company_id = %(company_id)s::INT AND received_on <= %(day)s::DATE AND applied < amount
       AND (%(customer_ids)s::BIGINT[] IS NULL OR customer_id = ANY(%(customer_ids)s::BIGINT[]))
       AND received_on BETWEEN %(due_from)s::DATE AND %(due_until)s::DATE AND 'payment' = ANY(%(kinds)s::TEXT[])
     UNION ALL
    SELECT id, number, customer_id, received_on, amount
      FROM payment
     WHERE company_id = %(company_id)s::INT AND received_on <= %(day)s::DATE AND applied = amount AND moved_on > %(day)s::DATE
       AND (%(customer_ids)s::BIGINT[] IS NULL OR customer_id = ANY(%(customer_ids)s::BIGINT[]))
       AND received_on BETWEEN %(due_from)s::DATE AND %(due_until)s::DATE AND 'payment' = ANY(%(kinds)s::TEXT[])
), change AS (
    SELECT item.id, application.amount
      FROM item
      JOIN payment_application AS application
        ON application.company_id = %(company_id)s::INT AND application.receivable_id = item.id AND application.applied_on <= %(day)s::DATE
     WHERE item.moved_on IS NOT NULL
     UNION ALL
    SELECT item.id, -application.amount AS amount
      FROM item
      JOIN payment_application AS application
        ON application.company_id = %(company_id)s::INT AND application.credit_id = item.id AND application.applied_on <= %(day)s::DATE
), used AS (
    SELECT money.id, application.amount
      FROM money
      JOIN payment_application AS application
        ON application.company_id = %(company_id)s::INT AND application.payment_id = money.id AND application.applied_on <= %(day)s::DATE
     UNION ALL
    SELECT money.id, reversal.amount
      FROM money
      JOIN payment_reversal AS reversal
        ON reversal.company_id = %(company_id)s::INT AND reversal.payment_id = money.id AND reversal.reversed_on <= %(day)s::DATE
), settled AS (
    SELECT id, sum(amount) AS amount FROM change GROUP BY id
), spent AS (
    SELECT id, sum(amount) AS amount FROM used GROUP BY id
), listed AS (
    SELECT invoice.kind, item.invoice_id AS document_id, invoice.number, item.customer_id, invoice.issued_on, item.due_on,
           invoice.currency, item.amount, item.amount - coalesce(settled.amount, 0) AS open_amount
      FROM item
      LEFT JOIN settled ON settled.id = item.id
      JOIN sales_invoice AS invoice ON invoice.company_id = %(company_id)s::INT AND invoice.id = item.invoice_id
     WHERE invoice.kind = ANY(%(kinds)s::TEXT[])
     UNION ALL
    SELECT 'payment' AS kind, money.id AS document_id, money.number, money.customer_id, money.received_on AS issued_on,
           money.received_on AS due_on, company.currency, -money.amount AS amount, coalesce(spent.amount, 0) - money.amount AS open_amount
      FROM money
      LEFT JOIN spent ON spent.id = money.id
      JOIN company ON company.id = %(company_id)s::INT
)
SELECT listed.kind, listed.document_id, listed.number, listed.customer_id, customer.code AS customer_code, customer.name, customer.name_zh,
       listed.issued_on, listed.due_on, listed.currency, listed.amount, listed.open_amount
  FROM listed
  JOIN customer ON customer.company_id = %(company_id)s::INT AND customer.id = listed.customer_id
 WHERE listed.open_amount <> 0
   AND (listed.due_on, listed.document_id) > (%(after_due)s::DATE, %(after_place)s::BIGINT)
 ORDER BY listed.due_on, listed.document_id
 LIMIT %(count)s::INT
