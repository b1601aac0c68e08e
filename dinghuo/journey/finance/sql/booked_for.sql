-- What some documents booked, line by line.
-- In:    company_id int, document text, document_ids bigint[]
-- Out:   document_id bigint, number int (of the entry), posted_on date, code text, name text, name_zh text, amount numeric (company currency,
--        debit positive)
-- Needs: nothing
SELECT entry.document_id, entry.number, entry.posted_on, account.code, account.name, account.name_zh, line.amount
  FROM journal_entry AS entry
  JOIN journal_line AS line ON line.company_id = %(company_id)s::INT AND line.entry_id = entry.id
  JOIN account ON account.company_id = %(company_id)s::INT AND account.id = line.account_id
 WHERE entry.company_id = %(company_id)s::INT AND entry.document = %(document)s::TEXT
   AND entry.document_id = ANY(%(document_ids)s::BIGINT[])
 ORDER BY entry.number, line.id
