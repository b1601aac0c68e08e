-- Show what a count found, line by line, with what may keep it from being posted.
-- In:    company_id int, count_id bigint
-- Out:   line_id bigint, code text (done, not_all_counted, moved_while_counted, not_enough_free_stock), product text, lot text (codes),
--        warehouse_id bigint, product_id bigint, lot_id bigint, stock_level_id bigint, expected numeric, counted numeric, on_hand numeric,
--        allocated numeric, cost_amount numeric, standard_cost numeric, minor_units int, rounding text; one row per line, by product and lot
-- Needs: the count and its levels locked by this transaction, when what is shown is to be posted
SELECT line.id AS line_id,
       CASE WHEN line.counted IS NULL THEN 'not_all_counted'
            WHEN line.last_move <> coalesce((SELECT max(move.id) FROM stock_move AS move
                                              WHERE move.company_id = %(company_id)s::INT AND move.stock_level_id = level.id), 0)
            THEN 'moved_while_counted'
            WHEN line.counted < level.allocated THEN 'not_enough_free_stock' ELSE 'done' END AS code,
       product.code AS product, lot.code AS lot, level.warehouse_id, level.product_id, level.lot_id, level.id AS stock_level_id,
       line.expected, line.counted, level.on_hand, level.allocated, level.cost_amount, product.standard_cost, currency.minor_units,
       company.rounding
  FROM stock_count_line AS line
  JOIN stock_level AS level ON level.company_id = %(company_id)s::INT AND level.id = line.stock_level_id
  JOIN product ON product.company_id = %(company_id)s::INT AND product.id = level.product_id
  LEFT JOIN lot ON lot.company_id = %(company_id)s::INT AND lot.id = level.lot_id
 CROSS JOIN company
  JOIN currency ON currency.code = company.currency
 WHERE line.company_id = %(company_id)s::INT AND line.count_id = %(count_id)s::BIGINT AND company.id = %(company_id)s::INT
 ORDER BY product.code, lot.code, line.id
