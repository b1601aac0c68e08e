-- Find series of invoices or credit notes that miss a number, use one twice, or whose counter says another number than the last.
-- In:    company_id int
-- Out:   row_id bigint (number_series, 0: it is missing), document text, expected text, found text, detail text; at most 100 rows
-- Needs: nothing
WITH posted AS (
    SELECT kind, series_year AS year, min(series_number) AS first_number, max(series_number) AS last_number,
           count(DISTINCT series_number) AS numbers, count(*) AS documents
      FROM sales_invoice
     WHERE company_id = %(company_id)s::INT AND state = 'posted'
     GROUP BY kind, series_year
), counter AS (
    SELECT id, series, year, next_number
      FROM number_series
     WHERE company_id = %(company_id)s::INT AND series IN ('invoice', 'credit_note')
)
SELECT coalesce(counter.id, 0) AS row_id,
       coalesce(posted.kind, counter.series) || ' ' || coalesce(posted.year, counter.year) AS document,
       coalesce(counter.next_number - 1, 0) || ' documents, numbered from 1' AS expected,
       coalesce(posted.documents, 0) || ' documents, ' || coalesce(posted.numbers, 0) || ' numbers' AS found,
       'from ' || coalesce(posted.first_number::TEXT, 'none') || ' to ' || coalesce(posted.last_number::TEXT, 'none') AS detail
  FROM posted
  FULL JOIN counter ON counter.series = posted.kind AND counter.year = posted.year
 WHERE coalesce(posted.first_number, 1) <> 1
    OR coalesce(posted.last_number, 0) <> coalesce(posted.numbers, 0)
    OR coalesce(posted.documents, 0) <> coalesce(posted.numbers, 0)
    OR coalesce(posted.last_number, 0) <> coalesce(counter.next_number, 1) - 1
 ORDER BY document
 LIMIT 100
