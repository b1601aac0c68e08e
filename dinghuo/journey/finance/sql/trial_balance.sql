-- Balance each account that was used, up to a day.
-- In:    company_id int, day date
-- Out:   code text, role text, name text, name_zh text, amount numeric (company currency, debit positive), by code
-- Needs: nothing
SELECT account.code, account.role, account.name, account.name_zh, sum(line.amount) AS amount
  FROM journal_entry AS entry
  JOIN journal_line AS line ON line.company_id = %(company_id)s::INT AND line.entry_id = entry.id
  JOIN account ON account.company_id = %(company_id)s::INT AND account.id = line.account_id
 WHERE entry.company_id = %(company_id)s::INT AND entry.posted_on <= %(day)s::DATE
 GROUP BY account.code, account.role, account.name, account.name_zh
 ORDER BY account.code
