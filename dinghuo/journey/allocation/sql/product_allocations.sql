-- List what of a product was given to order lines and has not left yet, the newest first.
-- In:    company_id integer, product_id bigint, count integer
-- Out:   id bigint, order_id bigint, order_number text, position integer, name text, name_zh text (the customer's), warehouse_code text,
--        lot_code text, quantity numeric (stock units), allocated_at timestamptz; at most count rows
-- Needs: nothing
SELECT
    allocation.id, line.order_id, sales_order.number AS order_number, line.position, customer.name, customer.name_zh,
    warehouse.code AS warehouse_code, coalesce(lot.code, '') AS lot_code,
    allocation.quantity - allocation.given_back - coalesce(gone.quantity, 0) AS quantity, allocation.allocated_at
  FROM stock_level
 INNER JOIN allocation ON allocation.company_id = stock_level.company_id AND allocation.stock_level_id = stock_level.id
 INNER JOIN warehouse ON warehouse.company_id = stock_level.company_id AND warehouse.id = stock_level.warehouse_id
 INNER JOIN sales_order_line AS line ON line.company_id = allocation.company_id AND line.id = allocation.order_line_id
 INNER JOIN sales_order ON sales_order.company_id = allocation.company_id AND sales_order.id = line.order_id
 INNER JOIN customer ON customer.company_id = allocation.company_id AND customer.id = sales_order.customer_id
  LEFT JOIN lot ON lot.company_id = stock_level.company_id AND lot.id = stock_level.lot_id
  LEFT JOIN LATERAL (
    SELECT -sum(move.quantity) AS quantity
      FROM stock_move AS move
     INNER JOIN stock_document AS document ON document.company_id = move.company_id AND document.id = move.document_id
     WHERE move.company_id = stock_level.company_id AND move.stock_level_id = stock_level.id AND move.allocation_id = allocation.id
       AND document.kind = 'dispatch'
  ) AS gone ON TRUE
 WHERE stock_level.company_id = %(company_id)s::INT AND stock_level.product_id = %(product_id)s::BIGINT AND stock_level.allocated > 0
   AND allocation.quantity - allocation.given_back > coalesce(gone.quantity, 0)
 ORDER BY allocation.id DESC
 LIMIT %(count)s::INT
