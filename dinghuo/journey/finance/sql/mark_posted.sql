-- Say that the ledger has some stock documents, and what their moves cost.
-- In:    company_id int, document_ids bigint[], at timestamptz
-- Out:   id bigint, kind text, number text, moved_on date, cost_amount numeric (signed, company currency), is_fresh bool (false: the ledger had
--        it before)
-- Needs: the journal's number series locked by this transaction: it keeps other postings of the same documents out
WITH asked AS MATERIALIZED (
    SELECT id, kind, number, moved_on, posted_at IS NULL AS is_fresh
      FROM stock_document
     WHERE company_id = %(company_id)s::INT AND id = ANY(%(document_ids)s::BIGINT[])
     ORDER BY id
       FOR NO KEY UPDATE
), marked AS (
    UPDATE stock_document SET posted_at = %(at)s::TIMESTAMPTZ
      FROM asked
     WHERE stock_document.company_id = %(company_id)s::INT AND stock_document.id = asked.id AND asked.is_fresh
), cost AS (
    SELECT move.document_id, sum(move.cost_amount) AS amount
      FROM asked
      JOIN stock_move AS move ON move.company_id = %(company_id)s::INT AND move.document_id = asked.id
     WHERE asked.is_fresh
     GROUP BY move.document_id
)
SELECT asked.id, asked.kind, asked.number, asked.moved_on, coalesce(cost.amount, 0) AS cost_amount, asked.is_fresh
  FROM asked
  LEFT JOIN cost ON cost.document_id = asked.id
 ORDER BY asked.id
