-- List the company's bank accounts with their last statement.
-- In:    company_id int
-- Out:   id bigint, code text, name text, number text, currency text, mapping jsonb, is_active bool, closed_on date, closing_amount numeric
-- Needs: nothing
SELECT account.id, account.code, account.name, account.number, account.currency, account.mapping, account.is_active, newest.closed_on,
       newest.closing_amount
  FROM bank_account AS account
  LEFT JOIN LATERAL (
      SELECT statement.closed_on, statement.closing_amount
        FROM bank_statement AS statement
       WHERE statement.company_id = %(company_id)s::INT AND statement.bank_account_id = account.id AND statement.closing_amount IS NOT NULL
       ORDER BY statement.closed_on DESC, statement.id DESC
       LIMIT 1) AS newest ON TRUE
 WHERE account.company_id = %(company_id)s::INT
 ORDER BY account.code
