-- Find the first journal entries that are not what was posted: changed, torn from the one before them, or taken away.
-- In:    company_id int
-- Out:   number int (of the entry), fault text (changed, entry_before_is_missing, last_entries_are_missing); no row when all is well
-- Needs: nothing
WITH written_lines AS (
    SELECT entry_id, json_agg(json_build_array(account_id, customer_id, amount::TEXT)
                              ORDER BY account_id, customer_id NULLS FIRST, amount) AS content
      FROM journal_line
     WHERE company_id = %(company_id)s::INT
     GROUP BY entry_id
), entry AS (
    SELECT journal_entry.number, journal_entry.chain_hash,
           coalesce(lag(journal_entry.number) OVER by_number, 0) AS number_before,
           coalesce(lag(journal_entry.chain_hash) OVER by_number, journal_genesis(%(company_id)s::INT)) AS hash_before,
           journal_entry_content(journal_entry.number, journal_entry.kind, journal_entry.document, journal_entry.document_id,
                                 journal_entry.description, journal_entry.posted_on, journal_entry.posted_at,
                                 journal_entry.posted_by_id, journal_entry.source_row, written_lines.content) AS content
      FROM journal_entry
      LEFT JOIN written_lines ON written_lines.entry_id = journal_entry.id
     WHERE journal_entry.company_id = %(company_id)s::INT
    WINDOW by_number AS (ORDER BY journal_entry.number)
), fault AS (
    SELECT number, CASE WHEN number <> number_before + 1 THEN 'entry_before_is_missing' ELSE 'changed' END AS fault
      FROM entry
     WHERE number <> number_before + 1
        OR chain_hash IS DISTINCT FROM sha256(hash_before || convert_to(content, 'UTF8'))
     UNION ALL
    SELECT counter.next_number - 1 AS number, 'last_entries_are_missing' AS fault
      FROM number_series AS counter
     WHERE counter.company_id = %(company_id)s::INT AND counter.series = 'journal' AND counter.year = 0
       AND counter.next_number - 1 > (SELECT coalesce(max(number), 0) FROM entry)
)
SELECT number, fault
  FROM fault
 ORDER BY number, fault
 LIMIT 100
