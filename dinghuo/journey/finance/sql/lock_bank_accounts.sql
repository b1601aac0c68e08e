-- Lock the bank accounts of some numbers, so that two imports of one account come one after the other.
-- In:    company_id int, numbers text[]
-- Out:   id bigint, code text, number text, currency text, is_active bool, is_own_currency bool (that of the company),
--        minor_units int
-- Needs: to come before every other lock of the transaction
SELECT account.id, account.code, account.number, account.currency, account.is_active,
       account.currency = company.currency AS is_own_currency, currency.minor_units
  FROM bank_account AS account
  JOIN company ON company.id = %(company_id)s::INT
  JOIN currency ON currency.code = account.currency
 WHERE account.company_id = %(company_id)s::INT AND account.number = ANY(%(numbers)s::TEXT[])
 ORDER BY account.id
   FOR NO KEY UPDATE OF account
