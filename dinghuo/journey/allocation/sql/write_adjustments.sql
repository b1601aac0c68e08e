-- Write adjustments that were decided: one document, its moves, and the levels changed by their sums.
-- In:    company_id int, at timestamptz, today date, actor_id int, number text, external_ref text, reason text, is_generated boolean,
--        stock_level_ids bigint[], quantities numeric[], cost_amounts numeric[] (signed), source_rows int[]
-- Out:   document_id bigint
-- Needs: the levels locked by this transaction, the changes decided on what they hold
WITH change AS MATERIALIZED (
    SELECT asked.place, asked.stock_level_id, asked.quantity, asked.cost_amount, asked.source_row
      FROM unnest(%(stock_level_ids)s::BIGINT[], %(quantities)s::NUMERIC[], %(cost_amounts)s::NUMERIC[],
                  %(source_rows)s::INT[]) WITH ORDINALITY
           AS asked (stock_level_id, quantity, cost_amount, source_row, place)
), document AS (
    INSERT INTO stock_document (company_id, kind, number, external_ref, reason, moved_on, recorded_at, recorded_by_id, is_generated)
    VALUES (%(company_id)s::INT, 'adjustment', %(number)s::TEXT, %(external_ref)s::TEXT, %(reason)s::TEXT, %(today)s::DATE,
            %(at)s::TIMESTAMPTZ, %(actor_id)s::INT, %(is_generated)s::BOOLEAN)
    RETURNING id
), moves AS (
    INSERT INTO stock_move (company_id, document_id, stock_level_id, quantity, cost_amount, source_row)
    SELECT %(company_id)s::INT, document.id, change.stock_level_id, change.quantity, change.cost_amount, change.source_row
      FROM change CROSS JOIN document
     ORDER BY change.place
), levels AS (
    UPDATE stock_level
       SET on_hand = stock_level.on_hand + changed.quantity, cost_amount = stock_level.cost_amount + changed.cost_amount
      FROM (SELECT stock_level_id, sum(quantity) AS quantity, sum(cost_amount) AS cost_amount
              FROM change GROUP BY stock_level_id) AS changed
     WHERE stock_level.company_id = %(company_id)s::INT AND stock_level.id = changed.stock_level_id
)
SELECT id AS document_id FROM document
