-- List what moved of a product, the last recorded first, with what there was of it in all after each move.
-- In:    company_id integer, product_id bigint, warehouse_id bigint (null for all warehouses together), before bigint, count integer
-- Out:   id bigint, moved_on date, recorded_at timestamptz, kind text, number text, reason text, warehouse_code text, lot_code text,
--        quantity numeric (stock units, signed), cost_amount numeric (signed), balance numeric (stock units), order_id bigint, order_number
--        text (whose goods they were, null for others); at most count rows
-- Needs: nothing
WITH move AS (
    SELECT
        stock_move.id, stock_move.document_id, stock_move.allocation_id, stock_move.quantity, stock_move.cost_amount,
        stock_level.warehouse_id, stock_level.lot_id, sum(stock_move.quantity) OVER (ORDER BY stock_move.id) AS balance
      FROM stock_level
     INNER JOIN stock_move ON stock_move.company_id = stock_level.company_id AND stock_move.stock_level_id = stock_level.id
     WHERE stock_level.company_id = %(company_id)s::INT AND stock_level.product_id = %(product_id)s::BIGINT
       AND (%(warehouse_id)s::BIGINT IS NULL OR stock_level.warehouse_id = %(warehouse_id)s::BIGINT)
)
SELECT
    move.id, document.moved_on, document.recorded_at, document.kind, document.number, document.reason, warehouse.code AS warehouse_code,
    coalesce(lot.code, '') AS lot_code, move.quantity, move.cost_amount, move.balance, sales_order.id AS order_id,
    sales_order.number AS order_number
  FROM move
 INNER JOIN stock_document AS document ON document.company_id = %(company_id)s::INT AND document.id = move.document_id
 INNER JOIN warehouse ON warehouse.company_id = %(company_id)s::INT AND warehouse.id = move.warehouse_id
  LEFT JOIN lot ON lot.company_id = %(company_id)s::INT AND lot.id = move.lot_id
  LEFT JOIN allocation ON allocation.company_id = %(company_id)s::INT AND allocation.id = move.allocation_id
  LEFT JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.id = allocation.order_line_id
  LEFT JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = line.order_id
 WHERE move.id < %(before)s::BIGINT
 ORDER BY move.id DESC
 LIMIT %(count)s::INT
