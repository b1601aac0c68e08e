-- List stock levels by id, after an id, as programs read them.
-- In:    company_id integer, after bigint, count integer, warehouse text and product text (codes, null for all)
-- Out:   id bigint, warehouse text, product_id bigint, product text (codes), lot text (its code, null without lots), lot_id bigint,
--        expires_on date, on_hand numeric, allocated numeric, available numeric (stock units); at most count rows
-- Needs: nothing
SELECT
    stock_level.id, warehouse.code AS warehouse, product.id AS product_id, product.code AS product, lot.code AS lot,
    stock_level.lot_id, lot.expires_on, trim_scale(stock_level.on_hand) AS on_hand, trim_scale(stock_level.allocated) AS allocated,
    trim_scale(stock_level.on_hand - stock_level.allocated) AS available
  FROM stock_level
 INNER JOIN warehouse ON warehouse.company_id = stock_level.company_id AND warehouse.id = stock_level.warehouse_id
 INNER JOIN product ON product.company_id = stock_level.company_id AND product.id = stock_level.product_id
  LEFT JOIN lot ON lot.company_id = stock_level.company_id AND lot.id = stock_level.lot_id
 WHERE stock_level.company_id = %(company_id)s::INT
   AND stock_level.id > %(after)s::BIGINT
   AND (%(warehouse)s::TEXT IS NULL OR warehouse.code = %(warehouse)s::TEXT)
   AND (%(product)s::TEXT IS NULL OR product.code = %(product)s::TEXT)
 ORDER BY stock_level.id
 LIMIT %(count)s::INT
