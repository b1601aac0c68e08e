-- List what moved in stock, the newest first, before an id.
-- In:    company_id integer, before bigint, count integer, warehouse text and product text (codes, null for all), lot_id bigint (null
--        for all)
-- Out:   id bigint, moved_on date, recorded_at timestamptz, recorded_by_id integer, document_id bigint, kind text, number text, reason text,
--        warehouse text, product text, lot text (codes), quantity numeric (stock units, signed), cost_amount numeric (signed),
--        order_number text (whose goods they were); at most count rows
-- Needs: nothing
SELECT
    move.id, document.moved_on, document.recorded_at, document.recorded_by_id, document.id AS document_id, document.kind, document.number,
    document.reason, warehouse.code AS warehouse, product.code AS product, lot.code AS lot, trim_scale(move.quantity) AS quantity,
    trim_scale(move.cost_amount) AS cost_amount, sales_order.number AS order_number
  FROM stock_move AS move
 INNER JOIN stock_document AS document ON document.company_id = move.company_id AND document.id = move.document_id
 INNER JOIN stock_level ON stock_level.company_id = move.company_id AND stock_level.id = move.stock_level_id
 INNER JOIN warehouse ON warehouse.company_id = move.company_id AND warehouse.id = stock_level.warehouse_id
 INNER JOIN product ON product.company_id = move.company_id AND product.id = stock_level.product_id
  LEFT JOIN lot ON lot.company_id = move.company_id AND lot.id = stock_level.lot_id
  LEFT JOIN allocation ON allocation.company_id = move.company_id AND allocation.id = move.allocation_id
  LEFT JOIN sales_order_line AS line ON line.company_id = move.company_id AND line.id = allocation.order_line_id
  LEFT JOIN sales_order ON sales_order.company_id = move.company_id AND sales_order.id = line.order_id
 WHERE move.company_id = %(company_id)s::INT
   AND move.id < %(before)s::BIGINT
   AND (%(warehouse)s::TEXT IS NULL OR warehouse.code = %(warehouse)s::TEXT)
   AND (%(product)s::TEXT IS NULL OR product.code = %(product)s::TEXT)
   AND (%(lot_id)s::BIGINT IS NULL OR stock_level.lot_id = %(lot_id)s::BIGINT)
 ORDER BY move.id DESC
 LIMIT %(count)s::INT
