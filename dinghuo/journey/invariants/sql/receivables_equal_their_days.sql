-- Find customers and days on which documents, payments and reversals come to something else than the receivables account of that day.
-- In:    company_id int
-- Out:   row_id bigint (customer), document text, expected text, found text, detail text; at most 100 rows
-- Needs: nothing
WITH owed AS (
    SELECT receivable.customer_id, receivable.issued_on AS day,
           money_round(receivable.amount * invoice.exchange_rate, currency.minor_units, company.rounding) AS amount
      FROM receivable
      JOIN sales_invoice AS invoice ON invoice.company_id = %(company_id)s::INT AND invoice.id = receivable.invoice_id
      JOIN company ON company.id = %(company_id)s::INT
      JOIN currency ON currency.code = company.currency
     WHERE receivable.company_id = %(company_id)s::INT
     UNION ALL
    SELECT customer_id, received_on AS day, -amount AS amount
      FROM payment
     WHERE company_id = %(company_id)s::INT
     UNION ALL
    SELECT payment.customer_id, reversal.reversed_on AS day, reversal.amount
      FROM payment_reversal AS reversal
      JOIN payment ON payment.company_id = %(company_id)s::INT AND payment.id = reversal.payment_id
     WHERE reversal.company_id = %(company_id)s::INT
), documents AS (
    SELECT customer_id, day, sum(amount) AS amount
      FROM owed
     GROUP BY customer_id, day
), booked AS (
    SELECT line.customer_id, entry.posted_on AS day, sum(line.amount) AS amount
      FROM account
      JOIN journal_line AS line ON line.company_id = %(company_id)s::INT AND line.account_id = account.id
      JOIN journal_entry AS entry ON entry.company_id = %(company_id)s::INT AND entry.id = line.entry_id
     -- What is booked there for nobody is the matter of another invariant.
     WHERE account.company_id = %(company_id)s::INT AND account.role = 'receivable' AND line.customer_id IS NOT NULL
     GROUP BY line.customer_id, entry.posted_on
)
SELECT coalesce(documents.customer_id, booked.customer_id) AS row_id,
       'customer ' || coalesce(documents.customer_id, booked.customer_id) || ' on ' || coalesce(documents.day, booked.day) AS document,
       trim_scale(coalesce(documents.amount, 0)) || ' booked' AS expected, trim_scale(coalesce(booked.amount, 0)) || ' booked' AS found,
       '' AS detail
  FROM documents
  FULL JOIN booked ON booked.customer_id = documents.customer_id AND booked.day = documents.day
 WHERE coalesce(documents.amount, 0) <> coalesce(booked.amount, 0)
 ORDER BY row_id, document
 LIMIT 100
