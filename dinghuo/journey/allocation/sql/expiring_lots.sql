-- List stock whose lot expires up to a day, the first to expire first, with how fast it sells there and who waits for it elsewhere.
-- In:    company_id integer, today date, expires_by date, warehouse_id bigint (null for all), transit text (the code of the place of goods
--        in transit), after_on date and after_id bigint (where the page before ended), count integer
-- Out:   id bigint (of the level), product_id bigint, product_code text, name text, name_zh text, unit text, warehouse_id bigint,
--        warehouse_code text, lot_code text, expires_on date, on_hand numeric, available numeric, sold numeric (of the product, left for
--        customers from there in the last 90 days), cost_amount numeric, wanting_id bigint, wanting_code text (the other warehouse whose
--        orders wait for the most of it, null for none), wanting numeric (stock units); at most count rows
-- Needs: nothing
SELECT
    stock_level.id, product.id AS product_id, product.code AS product_code, product.name, product.name_zh, product.unit,
    warehouse.id AS warehouse_id, warehouse.code AS warehouse_code, lot.code AS lot_code, lot.expires_on, stock_level.on_hand,
    stock_level.on_hand - stock_level.allocated AS available, coalesce(gone.sold, 0) AS sold, stock_level.cost_amount,
    elsewhere.id AS wanting_id, elsewhere.code AS wanting_code, coalesce(elsewhere.wanting, 0) AS wanting
  FROM lot
 INNER JOIN stock_level
         ON stock_level.company_id = lot.company_id AND stock_level.product_id = lot.product_id AND stock_level.lot_id = lot.id
 INNER JOIN product ON product.company_id = lot.company_id AND product.id = lot.product_id
 INNER JOIN warehouse ON warehouse.company_id = lot.company_id AND warehouse.id = stock_level.warehouse_id
  LEFT JOIN LATERAL (
    SELECT -sum(move.quantity) AS sold
      FROM stock_level AS level
     INNER JOIN stock_move AS move ON move.company_id = level.company_id AND move.stock_level_id = level.id
     INNER JOIN stock_document AS document ON document.company_id = move.company_id AND document.id = move.document_id
     WHERE level.company_id = lot.company_id AND level.product_id = lot.product_id AND level.warehouse_id = stock_level.warehouse_id
       AND document.kind = 'dispatch' AND document.moved_on > %(today)s::DATE - 90
  ) AS gone ON TRUE
  LEFT JOIN LATERAL (
    SELECT place.id, place.code, sum(shortage.quantity) AS wanting
      FROM shortage
     INNER JOIN sales_order_line AS line ON line.company_id = shortage.company_id AND line.id = shortage.order_line_id
     INNER JOIN sales_order ON sales_order.company_id = shortage.company_id AND sales_order.id = line.order_id
     INNER JOIN warehouse AS place ON place.company_id = shortage.company_id AND place.id = sales_order.warehouse_id
     WHERE shortage.company_id = lot.company_id AND shortage.closed_at IS NULL AND line.product_id = lot.product_id
       AND place.id <> stock_level.warehouse_id
     GROUP BY place.id, place.code
     ORDER BY sum(shortage.quantity) DESC, place.id
     LIMIT 1
  ) AS elsewhere ON TRUE
 WHERE lot.company_id = %(company_id)s::INT
   AND lot.expires_on <= %(expires_by)s::DATE
   AND (lot.expires_on, stock_level.id) > (%(after_on)s::DATE, %(after_id)s::BIGINT)
   AND stock_level.on_hand > 0
   AND warehouse.code <> %(transit)s::TEXT
   AND (%(warehouse_id)s::BIGINT IS NULL OR stock_level.warehouse_id = %(warehouse_id)s::BIGINT)
 ORDER BY lot.expires_on, stock_level.id
 LIMIT %(count)s::INT
