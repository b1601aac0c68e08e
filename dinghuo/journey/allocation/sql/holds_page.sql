-- List stock that is or was held for somebody, the newest first, before an id.
-- In:    company_id integer, before bigint, count integer, product_id bigint (null for all), only_open boolean
-- Out:   id bigint, kind text, name text, name_zh text (the customer's, empty without one), warehouse_code text, product_id bigint,
--        product_code text, quantity numeric (stock units), state text, note text, held_at timestamptz, expires_at timestamptz,
--        order_id bigint, order_number text (that got it); at most count rows
-- Needs: nothing
SELECT
    stock_hold.id, stock_hold.kind, coalesce(customer.name, '') AS name, coalesce(customer.name_zh, '') AS name_zh,
    warehouse.code AS warehouse_code, product.id AS product_id, product.code AS product_code, stock_hold.quantity, stock_hold.state,
    stock_hold.note, stock_hold.held_at, stock_hold.expires_at, sales_order.id AS order_id, sales_order.number AS order_number
  FROM stock_hold
 INNER JOIN warehouse ON warehouse.company_id = stock_hold.company_id AND warehouse.id = stock_hold.warehouse_id
 INNER JOIN product ON product.company_id = stock_hold.company_id AND product.id = stock_hold.product_id
  LEFT JOIN customer ON customer.company_id = stock_hold.company_id AND customer.id = stock_hold.customer_id
  LEFT JOIN sales_order_line AS line ON line.company_id = stock_hold.company_id AND line.id = stock_hold.order_line_id
  LEFT JOIN sales_order ON sales_order.company_id = stock_hold.company_id AND sales_order.id = line.order_id
 WHERE stock_hold.company_id = %(company_id)s::INT
   AND stock_hold.id < %(before)s::BIGINT
   AND (%(product_id)s::BIGINT IS NULL OR stock_hold.product_id = %(product_id)s::BIGINT)
   AND (NOT %(only_open)s::BOOLEAN OR stock_hold.state = 'open')
 ORDER BY stock_hold.id DESC
 LIMIT %(count)s::INT
