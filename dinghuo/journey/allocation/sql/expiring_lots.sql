-- List stock whose lot expires up to a day, the first to expire first, with how fast it sells there and who waits for it elsewhere.
-- In:    company_id integer, today date, expires_by date, warehouse_id bigint (null for all), transit text (the code of the place of goods
--        in transit), after_on date and after_id bigint (where the page before ended), count integer
-- Out:   id bigint (of the level), product_id bigint, product_code text, name text, name_zh text, unit text, warehouse_id bigint,
--        warehouse_code text, lot_code text, expires_on date, on_hand numeric, available numeric, sold numeric (of the product, left for
--        customers from there in the last 90 days), cost_amount numeric, wanting_id bigint, wanting_code text (the other warehouse whose
--        orders wait for the most of it, null for none), wanting numeric (stock units); at most count rows
-- Needs: nothing
WITH page AS MATERIALIZED (
    SELECT
        stock_level.id, lot.product_id, warehouse.id AS warehouse_id, warehouse.code AS warehouse_code, lot.code AS lot_code,
        lot.expires_on, stock_level.on_hand, stock_level.on_hand - stock_level.allocated AS available, stock_level.cost_amount
      FROM lot
     INNER JOIN stock_level
             ON stock_level.company_id = lot.company_id AND stock_level.product_id = lot.product_id AND stock_level.lot_id = lot.id
     INNER JOIN warehouse ON warehouse.company_id = lot.company_id AND warehouse.id = stock_level.warehouse_id
     WHERE lot.company_id = %(company_id)s::INT
       AND lot.expires_on <= %(expires_by)s::DATE
       AND (lot.expires_on, stock_level.id) > (%(after_on)s::DATE, %(after_id)s::BIGINT)
       AND stock_level.on_hand > 0
       AND warehouse.code <> %(transit)s::TEXT
       AND (%(warehouse_id)s::BIGINT IS NULL OR stock_level.warehouse_id = %(warehouse_id)s::BIGINT)
     ORDER BY lot.expires_on, stock_level.id
     LIMIT %(count)s::INT
)
SELECT
    page.id, page.product_id, product.code AS product_code, product.name, product.name_zh, product.unit, page.warehouse_id,
    page.warehouse_code, page.lot_code, page.expires_on, page.on_hand, page.available, coalesce(gone.sold, 0) AS sold, page.cost_amount,
    elsewhere.id AS wanting_id, elsewhere.code AS wanting_code, coalesce(elsewhere.wanting, 0) AS wanting
  FROM page
 INNER JOIN product ON product.company_id = %(company_id)s::INT AND product.id = page.product_id
  LEFT JOIN LATERAL (
    SELECT -sum(move.quantity) AS sold
      FROM stock_level AS level
     INNER JOIN stock_move AS move ON move.company_id = level.company_id AND move.stock_level_id = level.id
     INNER JOIN stock_document AS document ON document.company_id = move.company_id AND document.id = move.document_id
     WHERE level.company_id = %(company_id)s::INT AND level.product_id = page.product_id AND level.warehouse_id = page.warehouse_id
       AND document.kind = 'dispatch' AND document.moved_on > %(today)s::DATE - 90
  ) AS gone ON TRUE
  LEFT JOIN LATERAL (
    SELECT place.id, place.code, sum(shortage.quantity) AS wanting
      FROM sales_order_line AS line
     INNER JOIN shortage ON shortage.company_id = line.company_id AND shortage.order_line_id = line.id AND shortage.closed_at IS NULL
     INNER JOIN sales_order ON sales_order.company_id = line.company_id AND sales_order.id = line.order_id
     INNER JOIN warehouse AS place ON place.company_id = line.company_id AND place.id = sales_order.warehouse_id
     WHERE line.company_id = %(company_id)s::INT AND line.product_id = page.product_id AND place.id <> page.warehouse_id
     GROUP BY place.id, place.code
     ORDER BY sum(shortage.quantity) DESC, place.id
     LIMIT 1
  ) AS elsewhere ON TRUE
 ORDER BY page.expires_on, page.id
