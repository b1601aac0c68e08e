-- Write the lines of statements that are not known yet, each with its place in the queue: money in waits to be matched, the rest is set aside.
-- In:    company_id int, at timestamptz; one element a line: statement_ids bigint[], account_ids bigint[], positions int[], refs text[],
--        booked_ons date[], valued_ons date[], amounts numeric[], currencies text[], payers text[], payer_accounts text[], texts text[],
--        bank_references text[], raws text[], outcomes text[] (why it is set aside; empty: it waits)
-- Out:   id bigint, bank_account_id bigint, external_ref text; one row per line written
-- Needs: the bank accounts locked by this transaction
WITH given AS MATERIALIZED (
    SELECT line.statement_id, line.account_id, line.position, line.ref, line.booked_on, line.valued_on, line.amount, line.currency,
           line.payer, line.payer_account, line.said, line.bank_reference, line.raw, line.outcome
      FROM unnest(%(statement_ids)s::BIGINT[], %(account_ids)s::BIGINT[], %(positions)s::INT[], %(refs)s::TEXT[], %(booked_ons)s::DATE[],
                  %(valued_ons)s::DATE[], %(amounts)s::NUMERIC[], %(currencies)s::TEXT[], %(payers)s::TEXT[], %(payer_accounts)s::TEXT[],
                  %(texts)s::TEXT[], %(bank_references)s::TEXT[], %(raws)s::TEXT[], %(outcomes)s::TEXT[])
           AS line (statement_id, account_id, position, ref, booked_on, valued_on, amount, currency, payer, payer_account, said,
                    bank_reference, raw, outcome)
), written AS (
    INSERT INTO bank_statement_line (company_id, bank_statement_id, bank_account_id, position, external_ref, booked_on, valued_on, amount,
                                     currency, payer, payer_account, reference, bank_reference, raw)
    SELECT %(company_id)s::INT, statement_id, account_id, position, ref, booked_on, valued_on, amount, currency, payer, payer_account, said,
           bank_reference, raw
      FROM given
     ORDER BY statement_id, position
        ON CONFLICT (company_id, bank_account_id, external_ref) DO NOTHING
    RETURNING id, bank_account_id, external_ref
), queued AS (
    INSERT INTO bank_match (company_id, line_id, state, outcome, decided_at)
    SELECT %(company_id)s::INT, written.id, CASE WHEN given.outcome = '' THEN 'waiting' ELSE 'set_aside' END, given.outcome,
           CASE WHEN given.outcome <> '' THEN %(at)s::TIMESTAMPTZ END
      FROM written
      JOIN given ON given.account_id = written.bank_account_id AND given.ref = written.external_ref
     ORDER BY written.id
)
SELECT id, bank_account_id, external_ref
  FROM written
 ORDER BY id
