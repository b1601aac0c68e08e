-- List stock as it is, by product, warehouse and lot, of the products whose code or names hold a text.
-- In:    company_id integer, wanted text (empty for all), lot text (part of a lot's code, empty for all), warehouse_id bigint, product_ids
--        bigint[] (both null for all), expires_by date (null for all), state text (empty; low: at or below the reorder level; safety: free
--        below the safety stock; aside: some set aside), after_code text and after_id bigint (where the page before ended), count integer
-- Out:   id bigint, product_id bigint, product_code text, name text, name_zh text (the product's), unit text, warehouse_id bigint,
--        warehouse_code text, lot_code text, expires_on date, on_hand numeric, allocated numeric (to orders), held numeric,
--        set_aside numeric, available numeric, in_transit numeric, expected numeric (on their way to the warehouse, at its first level of the product),
--        safety_quantity numeric, reorder_level numeric (stock units), is_low boolean, cost_amount numeric; at most count rows
-- Needs: nothing
WITH page AS MATERIALIZED (
    SELECT
        product.id AS product_id, product.code, product.name, product.name_zh, product.unit, product.reorder_level,
        warehouse.id AS warehouse_id, warehouse.code AS warehouse_code, lot.code AS lot_code, lot.expires_on, stock_level.id,
        stock_level.on_hand, stock_level.allocated, stock_level.on_hand - stock_level.allocated AS available, stock_level.cost_amount,
        coalesce(setting.safety_quantity, 0) AS safety_quantity
      FROM product
     INNER JOIN stock_level ON stock_level.company_id = product.company_id AND stock_level.product_id = product.id
     INNER JOIN warehouse ON warehouse.company_id = product.company_id AND warehouse.id = stock_level.warehouse_id
      LEFT JOIN lot ON lot.company_id = product.company_id AND lot.id = stock_level.lot_id
      LEFT JOIN stock_setting AS setting
             ON setting.company_id = product.company_id AND setting.product_id = product.id
            AND setting.warehouse_id = stock_level.warehouse_id
     WHERE product.company_id = %(company_id)s::INT
       AND product.code >= %(after_code)s::TEXT
       AND (product.code, stock_level.id) > (%(after_code)s::TEXT, %(after_id)s::BIGINT)
       AND (%(warehouse_id)s::BIGINT IS NULL OR stock_level.warehouse_id = %(warehouse_id)s::BIGINT)
       AND (%(product_ids)s::BIGINT[] IS NULL OR product.id = ANY(%(product_ids)s::BIGINT[]))
       AND (%(expires_by)s::DATE IS NULL OR (lot.expires_on <= %(expires_by)s::DATE AND stock_level.on_hand > 0))
       AND (%(lot)s::TEXT = '' OR strpos(lower(lot.code), lower(%(lot)s::TEXT)) > 0)
       AND CASE %(state)s::TEXT
           WHEN 'low' THEN stock_level.on_hand - stock_level.allocated <= product.reorder_level
           WHEN 'safety' THEN setting.safety_quantity > (
               SELECT sum(level.on_hand - level.allocated)
                 FROM stock_level AS level
                WHERE level.company_id = product.company_id AND level.product_id = product.id
                  AND level.warehouse_id = stock_level.warehouse_id)
           WHEN 'aside' THEN EXISTS (
               SELECT FROM quarantine
                WHERE quarantine.company_id = product.company_id AND quarantine.stock_level_id = stock_level.id
                  AND quarantine.state = 'open')
           ELSE TRUE END
       AND (
           strpos(lower(product.code), lower(%(wanted)s::TEXT)) > 0
           OR strpos(lower(product.name), lower(%(wanted)s::TEXT)) > 0
           OR strpos(product.name_zh, %(wanted)s::TEXT) > 0
       )
     ORDER BY product.code, stock_level.id
     LIMIT %(count)s::INT
)
SELECT
    page.id, page.product_id, page.code AS product_code, page.name, page.name_zh, page.unit, page.warehouse_id, page.warehouse_code,
    coalesce(page.lot_code, '') AS lot_code, page.expires_on, page.on_hand,
    page.allocated - coalesce(kept.held, 0) - coalesce(aside.set_aside, 0) AS allocated, coalesce(kept.held, 0) AS held,
    coalesce(aside.set_aside, 0) AS set_aside, page.available, coalesce(coming.in_transit, 0) AS in_transit,
    coalesce(coming.expected, 0) AS expected, page.safety_quantity, page.reorder_level, page.available <= page.reorder_level AS is_low,
    page.cost_amount
  FROM page
  LEFT JOIN LATERAL (
    SELECT sum(part.quantity) AS held
      FROM stock_hold_part AS part
     INNER JOIN stock_hold ON stock_hold.company_id = part.company_id AND stock_hold.id = part.stock_hold_id
     WHERE part.company_id = %(company_id)s::INT AND part.stock_level_id = page.id AND stock_hold.state = 'open'
  ) AS kept ON TRUE
  LEFT JOIN LATERAL (
    SELECT sum(quarantine.quantity) AS set_aside
      FROM quarantine
     WHERE quarantine.company_id = %(company_id)s::INT AND quarantine.stock_level_id = page.id AND quarantine.state = 'open'
  ) AS aside ON TRUE
  LEFT JOIN LATERAL (
    SELECT sum(supply.quantity - supply.received) FILTER (WHERE supply.transfer_line_id IS NOT NULL) AS in_transit,
           sum(supply.quantity - supply.received) FILTER (WHERE supply.transfer_line_id IS NULL) AS expected
      FROM inbound_supply AS supply
     WHERE supply.company_id = %(company_id)s::INT AND supply.product_id = page.product_id
       AND supply.warehouse_id = page.warehouse_id AND supply.received < supply.quantity
       AND NOT EXISTS (
           SELECT FROM stock_level AS earlier
            WHERE earlier.company_id = %(company_id)s::INT AND earlier.product_id = page.product_id
              AND earlier.warehouse_id = page.warehouse_id AND earlier.id < page.id)
  ) AS coming ON TRUE
 ORDER BY page.code, page.id
