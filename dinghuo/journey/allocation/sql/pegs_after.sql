-- List which waiting lines count on which inbound goods, by id, after an id.
-- In:    company_id integer, after bigint, count integer, inbound_id bigint (null for all), order_id bigint (null for all)
-- Out:   id bigint, inbound_id bigint, reference text, expected_on date, order_id bigint, order_number text, order_line_id bigint,
--        position integer, product text (code), quantity numeric (stock units), promised_on date; at most count rows
-- Needs: nothing
SELECT
    peg.id, peg.inbound_id, supply.reference, supply.expected_on, line.order_id, sales_order.number AS order_number,
    line.id AS order_line_id, line.position, product.code AS product, trim_scale(peg.quantity) AS quantity, promise.promised_on
  FROM supply_peg AS peg
 INNER JOIN inbound_supply AS supply ON supply.company_id = peg.company_id AND supply.id = peg.inbound_id
 INNER JOIN sales_order_line AS line ON line.company_id = peg.company_id AND line.id = peg.order_line_id
 INNER JOIN sales_order ON sales_order.company_id = peg.company_id AND sales_order.id = line.order_id
 INNER JOIN product ON product.company_id = peg.company_id AND product.id = peg.product_id
  LEFT JOIN line_promise AS promise ON promise.company_id = peg.company_id AND promise.order_line_id = line.id AND promise.is_open
 WHERE peg.company_id = %(company_id)s::INT
   AND peg.id > %(after)s::BIGINT
   AND (%(inbound_id)s::BIGINT IS NULL OR peg.inbound_id = %(inbound_id)s::BIGINT)
   AND (%(order_id)s::BIGINT IS NULL OR line.order_id = %(order_id)s::BIGINT)
 ORDER BY peg.id
 LIMIT %(count)s::INT
