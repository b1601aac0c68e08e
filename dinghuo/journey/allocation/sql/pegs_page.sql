-- Show which waiting lines count on which goods on their way in, the first to come first.
-- In:    company_id int, wanted text (in the supply's reference, the product's code, the order's number or the customer's code; empty for
--        all), after_on date and after_id bigint (where the page before ended), count int
-- Out:   id bigint, inbound_id bigint, reference text, expected_on date, warehouse text, due numeric (what has not come yet),
--        product_id bigint, product text, name text, name_zh text (the product's), unit text, order_id bigint, order_number text,
--        line_id bigint, position int, customer text, quantity numeric (stock units), promised_on date; at most count rows
-- Needs: nothing
SELECT peg.id, supply.id AS inbound_id, supply.reference, supply.expected_on, warehouse.code AS warehouse,
       trim_scale(supply.quantity - supply.received) AS due, product.id AS product_id, product.code AS product, product.name,
       product.name_zh, product.unit, line.order_id, sales_order.number AS order_number, line.id AS line_id, line.position,
       customer.code AS customer, trim_scale(peg.quantity) AS quantity, promise.promised_on
  FROM supply_peg AS peg
 INNER JOIN inbound_supply AS supply ON supply.company_id = peg.company_id AND supply.id = peg.inbound_id
 INNER JOIN warehouse ON warehouse.company_id = peg.company_id AND warehouse.id = supply.warehouse_id
 INNER JOIN sales_order_line AS line ON line.company_id = peg.company_id AND line.id = peg.order_line_id
 INNER JOIN sales_order ON sales_order.company_id = peg.company_id AND sales_order.id = line.order_id
 INNER JOIN customer ON customer.company_id = peg.company_id AND customer.id = sales_order.customer_id
 INNER JOIN product ON product.company_id = peg.company_id AND product.id = peg.product_id
  LEFT JOIN line_promise AS promise ON promise.company_id = peg.company_id AND promise.order_line_id = line.id AND promise.is_open
 WHERE peg.company_id = %(company_id)s::INT AND (supply.expected_on, peg.id) > (%(after_on)s::DATE, %(after_id)s::BIGINT)
   AND (strpos(lower(supply.reference), lower(%(wanted)s::TEXT)) > 0 OR strpos(lower(product.code), lower(%(wanted)s::TEXT)) > 0
        OR strpos(lower(sales_order.number), lower(%(wanted)s::TEXT)) > 0 OR strpos(lower(customer.code), lower(%(wanted)s::TEXT)) > 0)
 ORDER BY supply.expected_on, peg.id
 LIMIT %(count)s::INT
