-- List all shipments, the newest first; walks the primary key backwards.
-- In:    company_id integer, before_id bigint, states text[], wanted text (a number's beginning, or empty), count integer
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
   AND shipment.id < %(before_id)s::BIGINT
   AND shipment.state = ANY(%(states)s::TEXT [])
   AND (%(wanted)s::TEXT = '' OR starts_with(shipment.number, upper(%(wanted)s::TEXT)))
 ORDER BY shipment.id DESC
 LIMIT %(count)s::INT
