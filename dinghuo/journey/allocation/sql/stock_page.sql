-- List stock as it is, by product, warehouse and lot, of the products whose code or names hold a text.
-- In:    company_id integer, wanted text (empty for all), warehouse_id bigint (null for all), only_low boolean,
--        after_code text and after_id bigint (where the page before ended), count integer
-- Out:   id bigint, product_code text, name text, name_zh text (the product's), unit text, warehouse_code text, lot_code text,
--        expires_on date, on_hand numeric, allocated numeric, available numeric, reorder_level numeric (stock units),
--        is_low boolean (available at or below the reorder level); at most count rows
-- Needs: nothing
SELECT
    stock_level.id, product.code AS product_code, product.name, product.name_zh, product.unit,
    warehouse.code AS warehouse_code, coalesce(lot.code, '') AS lot_code, lot.expires_on, stock_level.on_hand,
    stock_level.allocated, stock_level.on_hand - stock_level.allocated AS available, product.reorder_level,
    stock_level.on_hand - stock_level.allocated <= product.reorder_level AS is_low
  FROM product
 INNER JOIN stock_level ON stock_level.company_id = product.company_id AND stock_level.product_id = product.id
 INNER JOIN warehouse ON warehouse.company_id = product.company_id AND warehouse.id = stock_level.warehouse_id
  LEFT JOIN lot ON lot.company_id = product.company_id AND lot.id = stock_level.lot_id
 WHERE product.company_id = %(company_id)s::INT
   AND product.code >= %(after_code)s::TEXT
   AND (product.code, stock_level.id) > (%(after_code)s::TEXT, %(after_id)s::BIGINT)
   AND (%(warehouse_id)s::BIGINT IS NULL OR stock_level.warehouse_id = %(warehouse_id)s::BIGINT)
   AND (NOT %(only_low)s::BOOLEAN OR stock_level.on_hand - stock_level.allocated <= product.reorder_level)
   AND (
       strpos(lower(product.code), lower(%(wanted)s::TEXT)) > 0
       OR strpos(lower(product.name), lower(%(wanted)s::TEXT)) > 0
       OR strpos(product.name_zh, %(wanted)s::TEXT) > 0
   )
 ORDER BY product.code, stock_level.id
 LIMIT %(count)s::INT
