-- List bank lines with what became of them, the newest first.
-- In:    company_id int, before bigint, count int, only_id bigint (null: all), account text (code, null: all), state text (null: all),
--        outcome text (null: all)
-- Out:   id bigint, account text, statement_id bigint, statement text, booked_on date, valued_on date, amount numeric, currency text, payer text,
--        payer_account text, reference text, bank_reference text, state text, outcome text, score int, is_automatic bool,
--        customer_id bigint, customer text, findings jsonb, decided_at timestamptz
-- Needs: nothing
SELECT
    line.id, account.code AS account, line.bank_statement_id AS statement_id, statement.number AS statement, line.booked_on, line.valued_on,
    round(line.amount, currency.minor_units::INT) AS amount, line.currency, line.payer, line.payer_account, line.reference,
    line.bank_reference, held.state, held.outcome, held.score::INT AS score, held.is_automatic, held.customer_id, customer.code AS customer,
    held.findings, held.decided_at
  FROM bank_statement_line AS line
 INNER JOIN bank_account AS account ON account.company_id = line.company_id AND account.id = line.bank_account_id
 INNER JOIN bank_statement AS statement ON statement.company_id = line.company_id AND statement.id = line.bank_statement_id
 INNER JOIN bank_match AS held ON held.company_id = line.company_id AND held.line_id = line.id AND held.state <> 'undone'
 INNER JOIN currency ON currency.code = line.currency
  LEFT JOIN customer ON customer.company_id = held.company_id AND customer.id = held.customer_id
 WHERE line.company_id = %(company_id)s::INT
   AND line.id < %(before)s::BIGINT
   AND (%(only_id)s::BIGINT IS NULL OR line.id = %(only_id)s::BIGINT)
   AND (%(account)s::TEXT IS NULL OR account.code = %(account)s::TEXT)
   AND (%(state)s::TEXT IS NULL OR held.state = %(state)s::TEXT)
   AND (%(outcome)s::TEXT IS NULL OR held.outcome = %(outcome)s::TEXT)
 ORDER BY line.id DESC
 LIMIT %(count)s::INT
