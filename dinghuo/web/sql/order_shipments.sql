-- Show an order's shipments, first to last.
-- In:    company_id integer, order_id bigint
-- Out:   id bigint, number text, state text, warehouse_code text, carrier_code text, name text, name_zh text (the carrier's),
--        planned_on date, dispatched_on date, expected_on date, delivered_on date, tracking_number text, lines integer,
--        quantity numeric (stock units), returned numeric, invoice_id bigint (of the document in force, else null);
--        one row per shipment
-- Needs: nothing
SELECT
    shipment.id, shipment.number, shipment.state, warehouse.code AS warehouse_code, carrier.code AS carrier_code, carrier.name,
    carrier.name_zh, shipment.planned_on, shipment.dispatched_on, shipment.expected_on, shipment.delivered_on,
    shipment.tracking_number, goods.lines, goods.quantity, goods.returned,
    (
        SELECT sales_invoice.id
          FROM sales_invoice
         WHERE sales_invoice.company_id = shipment.company_id
           AND sales_invoice.order_id = shipment.order_id
           AND sales_invoice.shipment_id = shipment.id
           AND sales_invoice.state <> 'dropped'
    ) AS invoice_id
  FROM shipment
 INNER JOIN warehouse ON warehouse.company_id = shipment.company_id AND warehouse.id = shipment.warehouse_id
 INNER JOIN carrier ON carrier.company_id = shipment.company_id AND carrier.id = shipment.carrier_id
 CROSS JOIN LATERAL (
    SELECT
        count(*)::INT AS lines, coalesce(sum(shipment_line.quantity), 0) AS quantity,
        coalesce(sum(shipment_line.returned), 0) AS returned
      FROM shipment_line
     WHERE shipment_line.company_id = shipment.company_id AND shipment_line.shipment_id = shipment.id
 ) AS goods
 WHERE shipment.company_id = %(company_id)s::INT
   AND shipment.order_id = %(order_id)s::BIGINT
 ORDER BY shipment.id
