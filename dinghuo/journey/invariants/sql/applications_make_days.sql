-- Find receivables and payments that do not know the last day of their applications, and applications before a side of theirs was there.
-- In:    company_id int
-- Out:   row_id bigint (receivable, payment or payment_application), document text, expected text, found text, detail text; at most
--        100 rows
-- Needs: nothing
WITH side AS (
    SELECT receivable_id, applied_on, amount FROM payment_application WHERE company_id = %(company_id)s::INT
     UNION ALL
    SELECT credit_id AS receivable_id, applied_on, -amount AS amount
      FROM payment_application
     WHERE company_id = %(company_id)s::INT AND credit_id IS NOT NULL
), settled AS (
    SELECT receivable_id, max(applied_on) AS moved_on, sum(amount) AS amount FROM side GROUP BY receivable_id
), use AS (
    SELECT payment_id, applied_on AS moved_on
      FROM payment_application
     WHERE company_id = %(company_id)s::INT AND payment_id IS NOT NULL
     UNION ALL
    SELECT payment_id, reversed_on AS moved_on FROM payment_reversal WHERE company_id = %(company_id)s::INT
), spent AS (
    SELECT payment_id, max(moved_on) AS moved_on FROM use GROUP BY payment_id
), fault AS (
    SELECT receivable.id AS row_id, 'receivable ' || receivable.id AS document,
           'of ' || invoice.issued_on || ', moved ' || coalesce(settled.moved_on::TEXT, 'never') AS expected,
           'of ' || receivable.issued_on || ', moved ' || coalesce(receivable.moved_on::TEXT, 'never') AS found
      FROM receivable
      JOIN sales_invoice AS invoice ON invoice.company_id = %(company_id)s::INT AND invoice.id = receivable.invoice_id
      LEFT JOIN settled ON settled.receivable_id = receivable.id
     WHERE receivable.company_id = %(company_id)s::INT
       AND (receivable.issued_on <> invoice.issued_on OR receivable.moved_on IS DISTINCT FROM settled.moved_on)
     UNION ALL
    SELECT receivable.id AS row_id, 'receivable ' || receivable.id AS document,
           trim_scale(receivable.amount) || ' applied when settled' AS expected,
           trim_scale(coalesce(settled.amount, 0)) || ' applied, settled on ' || receivable.settled_on AS found
      FROM receivable
      LEFT JOIN settled ON settled.receivable_id = receivable.id
     WHERE receivable.company_id = %(company_id)s::INT
       AND receivable.settled_on IS NOT NULL AND receivable.amount <> coalesce(settled.amount, 0)
     UNION ALL
    SELECT payment.id AS row_id, 'payment ' || payment.number AS document,
           'moved ' || coalesce(spent.moved_on::TEXT, 'never') AS expected, 'moved ' || coalesce(payment.moved_on::TEXT, 'never') AS found
      FROM payment
      LEFT JOIN spent ON spent.payment_id = payment.id
     WHERE payment.company_id = %(company_id)s::INT AND payment.moved_on IS DISTINCT FROM spent.moved_on
     UNION ALL
    SELECT application.id AS row_id, 'application ' || application.id AS document,
           'on ' || greatest(receivable.issued_on, credit.issued_on, payment.received_on) || ' or later' AS expected,
           'on ' || application.applied_on AS found
      FROM payment_application AS application
      JOIN receivable ON receivable.company_id = %(company_id)s::INT AND receivable.id = application.receivable_id
      LEFT JOIN receivable AS credit ON credit.company_id = %(company_id)s::INT AND credit.id = application.credit_id
      LEFT JOIN payment ON payment.company_id = %(company_id)s::INT AND payment.id = application.payment_id
     WHERE application.company_id = %(company_id)s::INT
       AND application.applied_on < greatest(receivable.issued_on, credit.issued_on, payment.received_on)
)
SELECT row_id, document, expected, found, '' AS detail
  FROM fault
 ORDER BY document, row_id
 LIMIT 100
