-- Find posted documents whose tax the tax account does not hold to the cent, and postings there that have none.
-- In:    company_id int
-- Out:   row_id bigint (sales_invoice), document text, expected text, found text, detail text; at most 100 rows
-- Needs: nothing
WITH taxed AS (
    SELECT invoice.id, min(invoice.number) AS number,
           money_round(sum(line.amount_tax) * min(invoice.exchange_rate), min(currency.minor_units), min(company.rounding)) AS amount
      FROM sales_invoice AS invoice
      JOIN sales_invoice_line AS line ON line.company_id = %(company_id)s::INT AND line.invoice_id = invoice.id
      JOIN company ON company.id = %(company_id)s::INT
      JOIN currency ON currency.code = company.currency
     WHERE invoice.company_id = %(company_id)s::INT AND invoice.state = 'posted'
     GROUP BY invoice.id
), booked AS (
    SELECT entry.document, entry.document_id AS id, -sum(line.amount) AS amount, min(entry.number) AS number
      FROM account
      JOIN journal_line AS line ON line.company_id = %(company_id)s::INT AND line.account_id = account.id
      JOIN journal_entry AS entry ON entry.company_id = %(company_id)s::INT AND entry.id = line.entry_id
     WHERE account.company_id = %(company_id)s::INT AND account.role = 'tax_output'
     GROUP BY entry.document, entry.document_id
)
SELECT coalesce(taxed.id, booked.id) AS row_id, coalesce(taxed.number, booked.document || ' ' || coalesce(booked.id, 0)) AS document,
       trim_scale(coalesce(taxed.amount, 0)) || ' tax' AS expected,
       trim_scale(coalesce(booked.amount, 0)) || ' tax' AS found,
       coalesce('entry ' || booked.number, '') AS detail
  FROM taxed
  FULL JOIN booked ON booked.document = 'sales_invoice' AND booked.id = taxed.id
 WHERE coalesce(taxed.amount, 0) <> coalesce(booked.amount, 0)
 ORDER BY row_id, document
 LIMIT 100
