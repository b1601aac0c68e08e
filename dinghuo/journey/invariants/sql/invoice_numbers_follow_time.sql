-- Find invoices and credit notes that were posted before the one with the number before theirs.
-- In:    company_id int
-- Out:   row_id bigint (sales_invoice), document text, expected text, found text, detail text; at most 100 rows
-- Needs: nothing
WITH posted AS (
    SELECT id, number, posted_at, lag(number) OVER by_number AS number_before, lag(posted_at) OVER by_number AS posted_before
      FROM sales_invoice
     WHERE company_id = %(company_id)s::INT AND state = 'posted'
    WINDOW by_number AS (PARTITION BY kind, series_year ORDER BY series_number)
)
SELECT id AS row_id, number AS document, 'posted not before ' || posted_before AS expected, 'posted ' || posted_at AS found,
       'after ' || number_before AS detail
  FROM posted
 WHERE posted_at < posted_before
 ORDER BY id
 LIMIT 100
