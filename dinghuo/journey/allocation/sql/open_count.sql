-- Write a count with a line for each level that no other open count holds, and what the books say of it now.
-- In:    company_id int, at timestamptz, actor_id int, number text, warehouse_id bigint, zone text, is_blind boolean, reason text,
--        stock_level_ids bigint[]
-- Out:   count_id bigint, lines bigint; none when there is nothing to count
-- Needs: the levels locked by this transaction
WITH sheet AS MATERIALIZED (
    SELECT level.id, level.on_hand,
           coalesce((SELECT max(move.id) FROM stock_move AS move
                      WHERE move.company_id = %(company_id)s::INT AND move.stock_level_id = level.id), 0) AS last_move
      FROM stock_level AS level
     WHERE level.company_id = %(company_id)s::INT AND level.id = ANY(%(stock_level_ids)s::BIGINT[])
       AND NOT EXISTS (
           SELECT FROM stock_count
             JOIN stock_count_line AS line ON line.company_id = %(company_id)s::INT AND line.count_id = stock_count.id
            WHERE stock_count.company_id = %(company_id)s::INT AND stock_count.state = 'open' AND line.stock_level_id = level.id)
), opened AS (
    INSERT INTO stock_count (company_id, number, warehouse_id, zone, is_blind, reason, opened_at, opened_by_id)
    SELECT %(company_id)s::INT, %(number)s::TEXT, %(warehouse_id)s::BIGINT, %(zone)s::TEXT, %(is_blind)s::BOOLEAN, %(reason)s::TEXT,
           %(at)s::TIMESTAMPTZ, %(actor_id)s::INT
     WHERE EXISTS (SELECT FROM sheet)
    RETURNING id
), lines AS (
    INSERT INTO stock_count_line (company_id, count_id, stock_level_id, expected, last_move)
    SELECT %(company_id)s::INT, opened.id, sheet.id, sheet.on_hand, sheet.last_move
      FROM sheet CROSS JOIN opened
     ORDER BY sheet.id
    RETURNING id
)
SELECT opened.id AS count_id, (SELECT count(*) FROM lines) AS lines FROM opened
