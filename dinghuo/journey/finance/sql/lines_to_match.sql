-- List the lines that wait to be matched, the oldest first.
-- In:    company_id int, line_ids bigint[] (null: all)
-- Out:   line_id bigint, match_id bigint, booked_on date, amount numeric, payer text, payer_account text, reference text
-- Needs: nothing
SELECT line.id AS line_id, queued.id AS match_id, line.booked_on, line.amount, line.payer, line.payer_account, line.reference
  FROM bank_match AS queued
  JOIN bank_statement_line AS line ON line.company_id = %(company_id)s::INT AND line.id = queued.line_id
 WHERE queued.company_id = %(company_id)s::INT AND queued.state = 'waiting'
   AND (%(line_ids)s::BIGINT[] IS NULL OR queued.line_id = ANY(%(line_ids)s::BIGINT[]))
 ORDER BY line.booked_on, line.id
