-- Find stock documents whose cost the stock account does not hold to the cent; one that is not posted yet is not in it at all.
-- In:    company_id int
-- Out:   row_id bigint (stock_document), document text, expected text, found text, detail text; at most 100 rows
-- Needs: nothing
WITH moved AS (
    SELECT document.id, document.kind || ' ' || document.number AS name, sum(move.cost_amount) AS amount
      FROM stock_document AS document
      JOIN stock_move AS move ON move.company_id = %(company_id)s::INT AND move.document_id = document.id
     WHERE document.company_id = %(company_id)s::INT AND document.posted_at IS NOT NULL
     GROUP BY document.id, document.kind, document.number
), booked AS (
    SELECT entry.document, entry.document_id AS id, sum(line.amount) AS amount, min(entry.number) AS number
      FROM account
      JOIN journal_line AS line ON line.company_id = %(company_id)s::INT AND line.account_id = account.id
      JOIN journal_entry AS entry ON entry.company_id = %(company_id)s::INT AND entry.id = line.entry_id
     WHERE account.company_id = %(company_id)s::INT AND account.role = 'stock'
     GROUP BY entry.document, entry.document_id
)
SELECT coalesce(moved.id, booked.id) AS row_id, coalesce(moved.name, booked.document || ' ' || coalesce(booked.id, 0)) AS document,
       trim_scale(coalesce(moved.amount, 0)) || ' of stock' AS expected,
       trim_scale(coalesce(booked.amount, 0)) || ' of stock' AS found,
       coalesce('entry ' || booked.number, '') AS detail
  FROM moved
  FULL JOIN booked ON booked.document = 'stock_document' AND booked.id = moved.id
 WHERE coalesce(moved.amount, 0) <> coalesce(booked.amount, 0)
 ORDER BY row_id, document
 LIMIT 100
