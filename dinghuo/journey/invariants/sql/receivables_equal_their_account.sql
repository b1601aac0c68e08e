-- Find posted documents and payments that the receivables account does not hold to the cent, and postings there that have none.
-- In:    company_id int
-- Out:   row_id bigint (sales_invoice or payment), document text, expected text, found text, detail text; at most 100 rows
-- Needs: nothing
WITH owed AS (
    SELECT 'sales_invoice' AS document, receivable.invoice_id AS id, receivable.customer_id,
           money_round(receivable.amount * invoice.exchange_rate, currency.minor_units, company.rounding) AS amount
      FROM receivable
      JOIN sales_invoice AS invoice ON invoice.company_id = %(company_id)s::INT AND invoice.id = receivable.invoice_id
      JOIN company ON company.id = %(company_id)s::INT
      JOIN currency ON currency.code = company.currency
     WHERE receivable.company_id = %(company_id)s::INT
     UNION ALL
    SELECT 'payment' AS document, payment.id, payment.customer_id, coalesce(reversal.amount, 0) - payment.amount AS amount
      FROM payment
      LEFT JOIN payment_reversal AS reversal ON reversal.company_id = %(company_id)s::INT AND reversal.payment_id = payment.id
     WHERE payment.company_id = %(company_id)s::INT
), booked AS (
    SELECT entry.document, entry.document_id AS id, line.customer_id, sum(line.amount) AS amount, min(entry.number) AS number
      FROM account
      JOIN journal_line AS line ON line.company_id = %(company_id)s::INT AND line.account_id = account.id
      JOIN journal_entry AS entry ON entry.company_id = %(company_id)s::INT AND entry.id = line.entry_id
     WHERE account.company_id = %(company_id)s::INT AND account.role = 'receivable'
     GROUP BY entry.document, entry.document_id, line.customer_id
)
SELECT coalesce(owed.id, booked.id) AS row_id,
       coalesce(owed.document, booked.document) || ' ' || coalesce(owed.id, booked.id, 0) AS document,
       trim_scale(coalesce(owed.amount, 0)) || ' booked' AS expected,
       trim_scale(coalesce(booked.amount, 0)) || ' booked' AS found,
       'customer ' || coalesce(owed.customer_id, booked.customer_id, 0) || coalesce(', entry ' || booked.number, '') AS detail
  FROM owed
  FULL JOIN booked ON booked.document = owed.document AND booked.id = owed.id AND booked.customer_id = owed.customer_id
 WHERE coalesce(owed.amount, 0) <> coalesce(booked.amount, 0)
 ORDER BY row_id, document, detail
 LIMIT 100
