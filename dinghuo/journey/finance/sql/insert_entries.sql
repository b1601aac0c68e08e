-- Write journal entries with their lines: numbered without gaps, each hashed together with the entry before it.
-- In:    company_id int, at timestamptz, actor_id int; one element an entry: kinds text[], documents text[], document_ids bigint[],
--        descriptions text[], posted_ons date[], source_rows int[]; one element a line: entries int[] (its entry's place, from 1),
--        roles text[], customer_ids bigint[], amounts numeric[] (company currency, debit positive)
-- Out:   id bigint, place int; one row an entry
-- Needs: the journal's number series locked by this transaction
WITH posting_line AS MATERIALIZED (
    SELECT given.place, given.nth, account.id AS account_id, given.customer_id, given.amount::NUMERIC(18, 3) AS amount
      FROM unnest(%(entries)s::INT[], %(roles)s::TEXT[], %(customer_ids)s::BIGINT[], %(amounts)s::NUMERIC[])
           WITH ORDINALITY AS given (place, role, customer_id, amount, nth)
      -- A role without an account meets the NOT NULL of journal_line instead of vanishing from the entry.
      LEFT JOIN account ON account.company_id = %(company_id)s::INT AND account.role = given.role
), written_lines AS (
    SELECT place, json_agg(json_build_array(account_id, customer_id, amount::TEXT)
                           ORDER BY account_id, customer_id NULLS FIRST, amount) AS content
      FROM posting_line
     GROUP BY place
), posting AS MATERIALIZED (
    SELECT given.place::INT AS place, (counter.next_number + given.place - 1)::INT AS number, given.kind, given.document, given.document_id,
           given.description, given.posted_on, given.source_row
      FROM unnest(%(kinds)s::TEXT[], %(documents)s::TEXT[], %(document_ids)s::BIGINT[], %(descriptions)s::TEXT[], %(posted_ons)s::DATE[],
                  %(source_rows)s::INT[])
           WITH ORDINALITY AS given (kind, document, document_id, description, posted_on, source_row, place)
      JOIN number_series AS counter
        ON counter.company_id = %(company_id)s::INT AND counter.series = 'journal' AND counter.year = 0
), last_entry AS (
    SELECT chain_hash
      FROM journal_entry
     WHERE company_id = %(company_id)s::INT
     ORDER BY number DESC
     LIMIT 1
), counted AS (
    UPDATE number_series SET next_number = next_number + cardinality(%(kinds)s::TEXT[])
     WHERE company_id = %(company_id)s::INT AND series = 'journal' AND year = 0
), entry AS (
    INSERT INTO journal_entry (company_id, number, kind, document, document_id, description, posted_on, posted_at, posted_by_id, source_row,
                               chain_hash)
    SELECT %(company_id)s::INT, posting.number, posting.kind, posting.document, posting.document_id, posting.description,
           posting.posted_on, %(at)s::TIMESTAMPTZ, %(actor_id)s::INT, posting.source_row,
           chain_hash(coalesce((SELECT last_entry.chain_hash FROM last_entry), journal_genesis(%(company_id)s::INT)),
                      journal_entry_content(posting.number, posting.kind, posting.document, posting.document_id, posting.description,
                                            posting.posted_on, %(at)s::TIMESTAMPTZ, %(actor_id)s::INT, posting.source_row,
                                            written_lines.content))
               OVER (ORDER BY posting.number ROWS UNBOUNDED PRECEDING)
      FROM posting
      -- Each has its other half, here and below. FULL, because that is never a nested loop, however few rows the planner expects.
      FULL JOIN written_lines ON written_lines.place = posting.place
     ORDER BY posting.number
    RETURNING id, number
), line AS (
    INSERT INTO journal_line (company_id, entry_id, account_id, customer_id, amount)
    SELECT %(company_id)s::INT, entry.id, posting_line.account_id, posting_line.customer_id, posting_line.amount
      FROM posting_line
      FULL JOIN posting ON posting.place = posting_line.place
      FULL JOIN entry ON entry.number = posting.number
     ORDER BY posting_line.nth
)
SELECT entry.id, posting.place
  FROM entry
  FULL JOIN posting ON posting.number = entry.number
