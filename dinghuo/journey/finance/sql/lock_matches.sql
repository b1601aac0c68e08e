-- Lock what is in force for some lines.
-- In:    company_id int, line_ids bigint[]
-- Out:   match_id bigint, line_id bigint, state text, outcome text, booked_on date, amount numeric, payer text, payer_account text,
--        reference text
-- Needs: number series locked before, receivables after
SELECT held.id AS match_id, held.line_id, held.state, held.outcome, line.booked_on, line.amount, line.payer, line.payer_account,
       line.reference
  FROM bank_match AS held
  JOIN bank_statement_line AS line ON line.company_id = %(company_id)s::INT AND line.id = held.line_id
 WHERE held.company_id = %(company_id)s::INT AND held.line_id = ANY(%(line_ids)s::BIGINT[]) AND held.state <> 'undone'
 ORDER BY held.id
   FOR NO KEY UPDATE OF held
