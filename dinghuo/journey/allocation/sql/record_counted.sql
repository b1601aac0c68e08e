-- Write down what was counted. A level that was counted before starts a new round from what the books say now; goods that the sheet does not
-- have are added to it.
-- In:    company_id int, at timestamptz, actor_id int, count_id bigint, warehouse_id bigint, places int[], product_ids bigint[],
--        lot_ids bigint[], quantities numeric[]
-- Out:   place int, code text ("done" or why not), line_id bigint; one row per entry, in order
-- Needs: the count and the levels locked by this transaction
WITH entry AS MATERIALIZED (
    SELECT asked.place, asked.quantity, level.id AS stock_level_id, level.on_hand, line.id AS line_id,
           coalesce((SELECT max(move.id) FROM stock_move AS move
                      WHERE move.company_id = %(company_id)s::INT AND move.stock_level_id = level.id), 0) AS last_move,
           CASE WHEN product.id IS NULL THEN 'unknown_product'
                WHEN asked.lot_id IS NOT NULL AND lot.id IS NULL THEN 'unknown_lot'
                WHEN product.keeps_lots AND asked.lot_id IS NULL AND line.id IS NULL THEN 'lot_missing'
                ELSE 'done' END AS code
      FROM unnest(%(places)s::INT[], %(product_ids)s::BIGINT[], %(lot_ids)s::BIGINT[], %(quantities)s::NUMERIC[])
           AS asked (place, product_id, lot_id, quantity)
      LEFT JOIN product ON product.company_id = %(company_id)s::INT AND product.id = asked.product_id
      LEFT JOIN lot ON lot.company_id = %(company_id)s::INT AND lot.id = asked.lot_id AND lot.product_id = asked.product_id
      LEFT JOIN stock_level AS level
             ON level.company_id = %(company_id)s::INT AND level.warehouse_id = %(warehouse_id)s::BIGINT
            AND level.product_id = asked.product_id AND level.lot_id IS NOT DISTINCT FROM asked.lot_id
      LEFT JOIN stock_count_line AS line
             ON line.company_id = %(company_id)s::INT AND line.count_id = %(count_id)s::BIGINT AND line.stock_level_id = level.id
), written AS (
    INSERT INTO stock_count_line (company_id, count_id, stock_level_id, expected, last_move, counted, counted_at, counted_by_id, rounds)
    SELECT DISTINCT ON (stock_level_id)
           %(company_id)s::INT, %(count_id)s::BIGINT, stock_level_id, on_hand, last_move, quantity, %(at)s::TIMESTAMPTZ,
           %(actor_id)s::INT, 1
      FROM entry
     WHERE code = 'done' AND stock_level_id IS NOT NULL
     ORDER BY stock_level_id, place DESC
    ON CONFLICT (company_id, count_id, stock_level_id) DO UPDATE
       SET counted = excluded.counted, counted_at = excluded.counted_at, counted_by_id = excluded.counted_by_id,
           rounds = stock_count_line.rounds + 1,
           expected = CASE WHEN stock_count_line.rounds > 0 THEN excluded.expected ELSE stock_count_line.expected END,
           last_move = CASE WHEN stock_count_line.rounds > 0 THEN excluded.last_move ELSE stock_count_line.last_move END
    RETURNING id, stock_level_id
)
SELECT entry.place, entry.code, written.id AS line_id
  FROM entry
  LEFT JOIN written ON written.stock_level_id = entry.stock_level_id AND entry.code = 'done'
 ORDER BY entry.place
