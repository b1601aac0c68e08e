-- List shipments that somebody still has to act on, the first planned first; by the partial index shipment_in_work.
-- In:    company_id integer, state text (notice or dispatched), due_on date, after_on date and after_id bigint, count integer
-- Out:   id bigint, number text, state text, order_id bigint, order_number text, customer_code text, name text, name_zh text
--        (the customer's), warehouse_code text, carrier_code text, planned_on date, dispatched_on date, expected_on date,
--        delivered_on date; at most count rows
-- Needs: nothing
SELECT
    shipment.id, shipment.number, shipment.state, shipment.order_id, sales_order.number AS order_number,
    customer.code AS customer_code, customer.name, customer.name_zh, warehouse.code AS warehouse_code,
    carrier.code AS carrier_code, shipment.planned_on, shipment.dispatched_on, shipment.expected_on, shipment.delivered_on
  FROM shipment
 INNER JOIN sales_order ON sales_order.company_id = shipment.company_id AND sales_order.id = shipment.order_id
 INNER JOIN customer ON customer.company_id = shipment.company_id AND customer.id = sales_order.customer_id
 INNER JOIN warehouse ON warehouse.company_id = shipment.company_id AND warehouse.id = shipment.warehouse_id
 INNER JOIN carrier ON carrier.company_id = shipment.company_id AND carrier.id = shipment.carrier_id
 WHERE shipment.company_id = %(company_id)s::INT
   AND shipment.state IN ('notice', 'dispatched')
   AND shipment.state = %(state)s::TEXT
   AND shipment.planned_on <= %(due_on)s::DATE
   AND (shipment.planned_on, shipment.id) > (%(after_on)s::DATE, %(after_id)s::BIGINT)
 ORDER BY shipment.planned_on, shipment.id
 LIMIT %(count)s::INT
