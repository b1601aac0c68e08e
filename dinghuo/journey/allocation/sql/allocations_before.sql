-- List what was given to order lines, the newest first, as programs read it.
-- In:    company_id integer, before bigint, count integer, order_id bigint (null for all)
-- Out:   id bigint, order_id bigint, order_number text, order_line_id bigint, position integer, product text, warehouse text (codes),
--        lot text, quantity numeric, given_back numeric (stock units), run_id bigint, allocated_at timestamptz; at most count rows
-- Needs: nothing
SELECT
    allocation.id, line.order_id, sales_order.number AS order_number, line.id AS order_line_id, line.position,
    product.code AS product, warehouse.code AS warehouse, lot.code AS lot, trim_scale(allocation.quantity) AS quantity,
    trim_scale(allocation.given_back) AS given_back, allocation.run_id, allocation.allocated_at
  FROM allocation
 INNER JOIN sales_order_line AS line ON line.company_id = allocation.company_id AND line.id = allocation.order_line_id
 INNER JOIN sales_order ON sales_order.company_id = allocation.company_id AND sales_order.id = line.order_id
 INNER JOIN stock_level AS stock ON stock.company_id = allocation.company_id AND stock.id = allocation.stock_level_id
 INNER JOIN warehouse ON warehouse.company_id = allocation.company_id AND warehouse.id = stock.warehouse_id
 INNER JOIN product ON product.company_id = allocation.company_id AND product.id = stock.product_id
  LEFT JOIN lot ON lot.company_id = allocation.company_id AND lot.id = stock.lot_id
 WHERE allocation.company_id = %(company_id)s::INT
   AND allocation.id < %(before)s::BIGINT
   AND (%(order_id)s::BIGINT IS NULL OR line.order_id = %(order_id)s::BIGINT)
 ORDER BY allocation.id DESC
 LIMIT %(count)s::INT
