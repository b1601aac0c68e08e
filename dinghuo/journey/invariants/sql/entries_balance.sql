-- Find postings whose lines do not sum to zero, or that have fewer than two.
-- In:    company_id int
-- Out:   row_id bigint (journal_entry), document text, expected text, found text, detail text; at most 100 rows
-- Needs: nothing
WITH total AS (
    SELECT entry_id, sum(amount) AS amount, count(*) AS lines
      FROM journal_line
     WHERE company_id = %(company_id)s::INT
     GROUP BY entry_id
)
SELECT entry.id AS row_id, 'entry ' || entry.number AS document, '0, of two lines or more' AS expected,
       trim_scale(coalesce(total.amount, 0)) || ', of ' || coalesce(total.lines, 0) AS found,
       entry.kind || ' of ' || entry.document || ' ' || coalesce(entry.document_id::TEXT, '') AS detail
  FROM journal_entry AS entry
  LEFT JOIN total ON total.entry_id = entry.id
 WHERE entry.company_id = %(company_id)s::INT AND (coalesce(total.amount, 0) <> 0 OR coalesce(total.lines, 0) < 2)
 ORDER BY entry.id
 LIMIT 100
