-- Show for each adjustment the level that it names, as it is now, or why there is none.
-- In:    company_id int, places int[], warehouse_ids bigint[], product_ids bigint[], lot_ids bigint[], are_increases boolean[],
--        moved_on date
-- Out:   place int, code text ("done" or why not), stock_level_id bigint, on_hand, allocated, cost_amount, standard_cost numeric,
--        minor_units int, rounding text, count_number text (what counts the product there), counted_on date (the
--        last count of it there, when after that day); one row per adjustment, in order; figures are
--        0 where there is no level
-- Needs: the levels locked by this transaction
WITH counting AS MATERIALIZED (
    SELECT level.warehouse_id, level.product_id, min(stock_count.number) AS number
      FROM stock_count
      JOIN stock_count_line AS line ON line.company_id = %(company_id)s::INT AND line.count_id = stock_count.id
      JOIN stock_level AS level ON level.company_id = %(company_id)s::INT AND level.id = line.stock_level_id
     WHERE stock_count.company_id = %(company_id)s::INT AND stock_count.state = 'open'
     GROUP BY level.warehouse_id, level.product_id
), counted AS MATERIALIZED (
    -- Counts posted after the day of the move: what they found includes it already.
    SELECT level.warehouse_id, level.product_id, max((stock_count.ended_at AT TIME ZONE company.time_zone)::DATE) AS counted_on
      FROM stock_count
      JOIN company ON company.id = stock_count.company_id
      JOIN stock_count_line AS line ON line.company_id = %(company_id)s::INT AND line.count_id = stock_count.id
      JOIN stock_level AS level ON level.company_id = %(company_id)s::INT AND level.id = line.stock_level_id
     WHERE stock_count.company_id = %(company_id)s::INT AND stock_count.state = 'posted'
       AND stock_count.ended_at >= (%(moved_on)s::DATE + 1)::TIMESTAMP AT TIME ZONE company.time_zone
     GROUP BY level.warehouse_id, level.product_id
)
SELECT asked.place,
       CASE WHEN warehouse.id IS NULL THEN 'unknown_warehouse'
            WHEN product.id IS NULL THEN 'unknown_product'
            WHEN asked.lot_id IS NOT NULL AND lot.id IS NULL THEN 'unknown_lot'
            -- What lies there without a lot, from before the product kept lots, can still leave.
            WHEN product.keeps_lots AND asked.lot_id IS NULL AND (asked.is_increase OR coalesce(stock_level.on_hand, 0) = 0)
            THEN 'lot_missing'
            WHEN counting.number IS NOT NULL THEN 'being_counted'
            WHEN counted.counted_on IS NOT NULL THEN 'counted_since' ELSE 'done' END AS code,
       stock_level.id AS stock_level_id, coalesce(stock_level.on_hand, 0) AS on_hand,
       coalesce(stock_level.allocated, 0) AS allocated, coalesce(stock_level.cost_amount, 0) AS cost_amount,
       coalesce(product.standard_cost, 0) AS standard_cost, currency.minor_units, company.rounding,
       counting.number AS count_number, counted.counted_on
  FROM unnest(%(places)s::INT[], %(warehouse_ids)s::BIGINT[], %(product_ids)s::BIGINT[], %(lot_ids)s::BIGINT[],
              %(are_increases)s::BOOLEAN[]) AS asked (place, warehouse_id, product_id, lot_id, is_increase)
 CROSS JOIN company
  JOIN currency ON currency.code = company.currency
  LEFT JOIN warehouse ON warehouse.company_id = %(company_id)s::INT AND warehouse.id = asked.warehouse_id
  LEFT JOIN product ON product.company_id = %(company_id)s::INT AND product.id = asked.product_id
  LEFT JOIN lot ON lot.company_id = %(company_id)s::INT AND lot.id = asked.lot_id AND lot.product_id = asked.product_id
  LEFT JOIN counting ON counting.warehouse_id = asked.warehouse_id AND counting.product_id = asked.product_id
  LEFT JOIN counted ON counted.warehouse_id = asked.warehouse_id AND counted.product_id = asked.product_id
  LEFT JOIN stock_level
         ON stock_level.company_id = %(company_id)s::INT AND stock_level.product_id = asked.product_id
        AND stock_level.warehouse_id = asked.warehouse_id AND stock_level.lot_id IS NOT DISTINCT FROM asked.lot_id
 WHERE company.id = %(company_id)s::INT
 ORDER BY asked.place
