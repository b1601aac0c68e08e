-- Lock the supplies that receipts fulfil and say which receipts cannot be taken in, and why.
-- In:    company_id int, places int[], warehouse_ids bigint[], product_ids bigint[], quantities numeric[], lot_codes text[],
--        inbound_ids bigint[], moved_on date (the day they came)
-- Out:   place int, code text ("done" or why not), due numeric (what the supply still expects), count_number text (what counts the
--        product there, null when nothing does), counted_on date (the last count of it there, when after
--        that day), one row per receipt, in order
-- Needs: the number series locked by this transaction
WITH inbound AS MATERIALIZED (
    SELECT id, warehouse_id, product_id, quantity - received AS due
      FROM inbound_supply
     WHERE company_id = %(company_id)s::INT AND id = ANY(%(inbound_ids)s::BIGINT[]) AND transfer_line_id IS NULL
     ORDER BY id
       FOR NO KEY UPDATE
), counting AS MATERIALIZED (
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
            WHEN product.keeps_lots AND asked.lot_code IS NULL THEN 'lot_missing'
            WHEN NOT product.keeps_lots AND asked.lot_code IS NOT NULL THEN 'lot_not_kept'
            WHEN counting.number IS NOT NULL THEN 'being_counted'
            WHEN counted.counted_on IS NOT NULL THEN 'counted_since'
            WHEN asked.inbound_id IS NULL THEN 'done'
            WHEN inbound.id IS NULL THEN 'unknown_supply'
            WHEN sum(asked.quantity) OVER (PARTITION BY asked.inbound_id ORDER BY asked.place) > inbound.due
            THEN 'more_than_expected' ELSE 'done' END AS code,
       inbound.due, counting.number AS count_number, counted.counted_on
  FROM unnest(%(places)s::INT[], %(warehouse_ids)s::BIGINT[], %(product_ids)s::BIGINT[], %(quantities)s::NUMERIC[],
              %(lot_codes)s::TEXT[], %(inbound_ids)s::BIGINT[])
       AS asked (place, warehouse_id, product_id, quantity, lot_code, inbound_id)
  LEFT JOIN warehouse ON warehouse.company_id = %(company_id)s::INT AND warehouse.id = asked.warehouse_id
  LEFT JOIN product ON product.company_id = %(company_id)s::INT AND product.id = asked.product_id
  LEFT JOIN counting ON counting.warehouse_id = asked.warehouse_id AND counting.product_id = asked.product_id
  LEFT JOIN counted ON counted.warehouse_id = asked.warehouse_id AND counted.product_id = asked.product_id
  LEFT JOIN inbound ON inbound.id = asked.inbound_id AND inbound.warehouse_id = asked.warehouse_id
                   AND inbound.product_id = asked.product_id
 ORDER BY asked.place
