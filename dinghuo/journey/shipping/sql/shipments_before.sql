-- List shipments, the newest first, as programs read them; or the one of an id.
-- In:    company_id integer, before bigint, count integer, and filters that null opens: only_id bigint, only_customer bigint,
--        state text, order_id bigint, warehouse text (its code)
-- Out:   id bigint, number text, state text, order_id bigint, order_number text, customer text, warehouse text, carrier text (codes),
--        planned_on date, dispatched_on date, expected_on date, delivered_on date, tracking_number text, weight_kg numeric; at most
--        count rows
-- Needs: nothing
SELECT
    shipment.id, shipment.number, shipment.state, shipment.order_id, sales_order.number AS order_number, customer.code AS customer,
    warehouse.code AS warehouse, carrier.code AS carrier, shipment.planned_on, shipment.dispatched_on, shipment.expected_on,
    shipment.delivered_on, shipment.tracking_number, trim_scale(shipment.weight_kg) AS weight_kg
  FROM shipment
 INNER JOIN sales_order ON sales_order.company_id = shipment.company_id AND sales_order.id = shipment.order_id
 INNER JOIN customer ON customer.company_id = shipment.company_id AND customer.id = sales_order.customer_id
 INNER JOIN warehouse ON warehouse.company_id = shipment.company_id AND warehouse.id = shipment.warehouse_id
 INNER JOIN carrier ON carrier.company_id = shipment.company_id AND carrier.id = shipment.carrier_id
 WHERE shipment.company_id = %(company_id)s::INT
   AND shipment.id < %(before)s::BIGINT
   AND (%(only_id)s::BIGINT IS NULL OR shipment.id = %(only_id)s::BIGINT)
   AND (%(only_customer)s::BIGINT IS NULL OR sales_order.customer_id = %(only_customer)s::BIGINT)
   AND (%(state)s::TEXT IS NULL OR shipment.state = %(state)s::TEXT)
   AND (%(order_id)s::BIGINT IS NULL OR shipment.order_id = %(order_id)s::BIGINT)
   AND (%(warehouse)s::TEXT IS NULL OR warehouse.code = %(warehouse)s::TEXT)
 ORDER BY shipment.id DESC
 LIMIT %(count)s::INT
