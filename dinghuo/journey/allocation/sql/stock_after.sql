-- List stock levels by id, after an id, as programs read them.
-- In:    company_id integer, after bigint, count integer, warehouse text and product text (codes, null for all)
-- Out:   id bigint, warehouse text, product_id bigint, product text (codes), lot text (its code, null without lots), lot_id bigint,
--        expires_on date, received_on date (the lot's), on_hand numeric, allocated numeric (held and quarantined included), held numeric,
--        quarantined numeric, available numeric (stock units), cost_amount numeric, unit_cost numeric (null when empty); at most count rows
-- Needs: nothing
SELECT
    stock_level.id, warehouse.code AS warehouse, product.id AS product_id, product.code AS product, lot.code AS lot,
    stock_level.lot_id, lot.expires_on, lot.received_on, trim_scale(stock_level.on_hand) AS on_hand,
    trim_scale(stock_level.allocated) AS allocated, trim_scale(coalesce(kept.held, 0)) AS held,
    trim_scale(coalesce(aside.quarantined, 0)) AS quarantined, trim_scale(stock_level.on_hand - stock_level.allocated) AS available,
    trim_scale(stock_level.cost_amount) AS cost_amount,
    trim_scale(round(stock_level.cost_amount / nullif(stock_level.on_hand, 0), 6)) AS unit_cost
  FROM stock_level
 INNER JOIN warehouse ON warehouse.company_id = stock_level.company_id AND warehouse.id = stock_level.warehouse_id
 INNER JOIN product ON product.company_id = stock_level.company_id AND product.id = stock_level.product_id
  LEFT JOIN lot ON lot.company_id = stock_level.company_id AND lot.id = stock_level.lot_id
  LEFT JOIN LATERAL (
    SELECT sum(part.quantity) AS held
      FROM stock_hold_part AS part
     INNER JOIN stock_hold ON stock_hold.company_id = part.company_id AND stock_hold.id = part.stock_hold_id
     WHERE part.company_id = stock_level.company_id AND part.stock_level_id = stock_level.id AND stock_hold.state = 'open'
  ) AS kept ON TRUE
  LEFT JOIN LATERAL (
    SELECT sum(quarantine.quantity) AS quarantined
      FROM quarantine
     WHERE quarantine.company_id = stock_level.company_id AND quarantine.stock_level_id = stock_level.id AND quarantine.state = 'open'
  ) AS aside ON TRUE
 WHERE stock_level.company_id = %(company_id)s::INT
   AND stock_level.id > %(after)s::BIGINT
   AND (%(warehouse)s::TEXT IS NULL OR warehouse.code = %(warehouse)s::TEXT)
   AND (%(product)s::TEXT IS NULL OR product.code = %(product)s::TEXT)
 ORDER BY stock_level.id
 LIMIT %(count)s::INT
