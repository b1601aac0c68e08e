-- Show, day by day, what of some products will be there, less what was promised, and how much of it can be promised.
-- In:    company_id int, today date, product_ids bigint[]
-- Out:   product_id bigint, day date, coming numeric, leaving numeric (that day; today's is what is free less safety stock), units numeric
--        (there in the end), promisable numeric (so much that no later day lacks anything, may be negative); by product and day
-- Needs: nothing
WITH product_asked AS MATERIALIZED (
    SELECT DISTINCT asked.product_id FROM unnest(%(product_ids)s::BIGINT[]) AS asked (product_id)
), there AS (
    SELECT level.product_id, level.warehouse_id, sum(level.on_hand - level.allocated) AS free
      FROM product_asked
      JOIN stock_level AS level ON level.company_id = %(company_id)s::INT AND level.product_id = product_asked.product_id
      JOIN warehouse ON warehouse.company_id = %(company_id)s::INT AND warehouse.id = level.warehouse_id AND warehouse.is_active
      LEFT JOIN lot ON lot.company_id = %(company_id)s::INT AND lot.id = level.lot_id
     WHERE lot.expires_on IS NULL OR lot.expires_on >= %(today)s::DATE
     GROUP BY level.product_id, level.warehouse_id
), change AS (
    SELECT there.product_id, %(today)s::DATE AS day, greatest(there.free - coalesce(setting.safety_quantity, 0), 0) AS coming, 0 AS leaving
      FROM there
      LEFT JOIN stock_setting AS setting
             ON setting.company_id = %(company_id)s::INT AND setting.product_id = there.product_id
            AND setting.warehouse_id = there.warehouse_id
     UNION ALL
    SELECT supply.product_id, greatest(supply.expected_on, %(today)s::DATE), supply.quantity - supply.received, 0
      FROM product_asked
      JOIN inbound_supply AS supply ON supply.company_id = %(company_id)s::INT AND supply.product_id = product_asked.product_id
                                   AND supply.received < supply.quantity
     UNION ALL
    SELECT promise.product_id, greatest(promise.promised_on, %(today)s::DATE), 0, line.ordered - line.allocated
      FROM product_asked
      JOIN line_promise AS promise ON promise.company_id = %(company_id)s::INT AND promise.product_id = product_asked.product_id
                                  AND promise.is_open
      JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.id = promise.order_line_id
                                   AND line.allocated < line.ordered
      JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = line.order_id
                      AND sales_order.state IN ('submitted', 'held', 'released')
     UNION ALL
    SELECT product_id, %(today)s::DATE, 0, 0 FROM product_asked
), daily AS (
    SELECT product_id, day, sum(coming) AS coming, sum(leaving) AS leaving,
           sum(sum(coming) - sum(leaving)) OVER (PARTITION BY product_id ORDER BY day) AS units
      FROM change
     GROUP BY product_id, day
)
SELECT product_id, day, trim_scale(coming) AS coming, trim_scale(leaving) AS leaving, trim_scale(units) AS units,
       trim_scale(min(units) OVER (PARTITION BY product_id ORDER BY day DESC)) AS promisable
  FROM daily
 ORDER BY product_id, day
