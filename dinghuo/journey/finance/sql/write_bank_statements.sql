-- Write the statements of a file.
-- In:    company_id int, file_id bigint; one element a statement: account_ids bigint[], numbers text[], currencies text[], opened_ons date[],
--        closed_ons date[], openings numeric[], closings numeric[]
-- Out:   id bigint, position int (from 1)
-- Needs: the bank accounts locked by this transaction
INSERT INTO bank_statement (company_id, bank_file_id, bank_account_id, position, number, currency, opened_on, closed_on, opening_amount,
                            closing_amount)
SELECT %(company_id)s::INT, %(file_id)s::BIGINT, given.account_id, given.position, given.number, given.currency, given.opened_on,
       given.closed_on, given.opening, given.closing
  FROM unnest(%(account_ids)s::BIGINT[], %(numbers)s::TEXT[], %(currencies)s::TEXT[], %(opened_ons)s::DATE[], %(closed_ons)s::DATE[],
              %(openings)s::NUMERIC[], %(closings)s::NUMERIC[]) WITH ORDINALITY
       AS given (account_id, number, currency, opened_on, closed_on, opening, closing, position)
 ORDER BY given.position
RETURNING id, position
