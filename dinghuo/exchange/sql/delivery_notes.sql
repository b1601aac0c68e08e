-- Read what stands at the head of delivery notes.
-- In:    company_id integer, ids bigint[] (shipments), only_customer bigint (null for staff: then any customer's)
-- Out:   id bigint, number text, state text, order_number text, customer_po text, customer_code text, name text, name_zh text,
--        contact text, phone text, language text, ship_to_name text, ship_to_address text, ship_to_city text,
--        ship_to_region text, ship_to_postcode text, country text,
--        country_zh text, warehouse text, warehouse_zh text, carrier text, carrier_zh text, tracking_number text, planned_on date,
--        dispatched_on date, expected_on date, weight_kg numeric, packages integer, currency text, minor_units smallint; one row a
--        shipment, by id
-- Needs: nothing
SELECT
    shipment.id, shipment.number, shipment.state, ordered.number AS order_number, ordered.customer_po,
    customer.code AS customer_code, customer.name, customer.name_zh, customer.contact, customer.phone, customer.language,
    ordered.ship_to_name, ordered.ship_to_address, ordered.ship_to_city, ordered.ship_to_region,
    ordered.ship_to_postcode, coalesce(country.name, '') AS country,
    coalesce(country.name_zh, '') AS country_zh, warehouse.name AS warehouse, warehouse.name_zh AS warehouse_zh,
    carrier.name AS carrier, carrier.name_zh AS carrier_zh, shipment.tracking_number, shipment.planned_on,
    shipment.dispatched_on, shipment.expected_on, trim_scale(shipment.weight_kg) AS weight_kg,
    (
        SELECT count(*)
          FROM package
         WHERE package.company_id = shipment.company_id AND package.shipment_id = shipment.id
    )::INT AS packages,
    ordered.currency, currency.minor_units
  FROM shipment
 INNER JOIN sales_order AS ordered ON ordered.company_id = shipment.company_id AND ordered.id = shipment.order_id
 INNER JOIN customer ON customer.company_id = shipment.company_id AND customer.id = ordered.customer_id
 INNER JOIN warehouse ON warehouse.company_id = shipment.company_id AND warehouse.id = shipment.warehouse_id
 INNER JOIN carrier ON carrier.company_id = shipment.company_id AND carrier.id = shipment.carrier_id
 INNER JOIN currency ON currency.code = ordered.currency
  LEFT JOIN country ON country.code = ordered.ship_to_country
 WHERE shipment.company_id = %(company_id)s::INT
   AND shipment.id = ANY(%(ids)s::BIGINT[])
   AND (%(only_customer)s::BIGINT IS NULL OR ordered.customer_id = %(only_customer)s::BIGINT)
 ORDER BY shipment.id
