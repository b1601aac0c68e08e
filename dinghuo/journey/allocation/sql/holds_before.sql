-- List holds of stock, the newest first, before an id.
-- In:    company_id integer, before bigint, count integer, only_open boolean
-- Out:   id bigint, kind text, customer text, warehouse text, product text (codes), quantity numeric (stock units), state text, note text,
--        held_at timestamptz, held_by_id integer, expires_at timestamptz, ended_at timestamptz, order_line_id bigint (that got it),
--        order_number text; at most count rows
-- Needs: nothing
SELECT
    stock_hold.id, stock_hold.kind, customer.code AS customer, warehouse.code AS warehouse, product.code AS product,
    trim_scale(stock_hold.quantity) AS quantity, stock_hold.state, stock_hold.note, stock_hold.held_at, stock_hold.held_by_id,
    stock_hold.expires_at, stock_hold.ended_at, stock_hold.order_line_id, sales_order.number AS order_number
  FROM stock_hold
 INNER JOIN warehouse ON warehouse.company_id = stock_hold.company_id AND warehouse.id = stock_hold.warehouse_id
 INNER JOIN product ON product.company_id = stock_hold.company_id AND product.id = stock_hold.product_id
  LEFT JOIN customer ON customer.company_id = stock_hold.company_id AND customer.id = stock_hold.customer_id
  LEFT JOIN sales_order_line AS line ON line.company_id = stock_hold.company_id AND line.id = stock_hold.order_line_id
  LEFT JOIN sales_order ON sales_order.company_id = stock_hold.company_id AND sales_order.id = line.order_id
 WHERE stock_hold.company_id = %(company_id)s::INT
   AND stock_hold.id < %(before)s::BIGINT
   AND (NOT %(only_open)s::BOOLEAN OR stock_hold.state = 'open')
 ORDER BY stock_hold.id DESC
 LIMIT %(count)s::INT
