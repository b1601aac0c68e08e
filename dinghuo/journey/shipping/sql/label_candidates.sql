-- Show what a label for shipments would need: where from and to, how heavy, by which carrier, and which label there is.
-- In:    company_id int, shipment_ids bigint[], carrier_id bigint (null for each shipment's own), bookable text[] (protocols)
-- Out:   id bigint, number text, state text, order_id bigint, carrier_id bigint, protocol text (null when nobody can be asked),
--        weight_kg numeric, address text, city text, country text, label_state text (null when there is no label)
-- Needs: the shipments locked
SELECT shipment.id, shipment.number, shipment.state, shipment.order_id,
       coalesce(%(carrier_id)s::BIGINT, shipment.carrier_id) AS carrier_id, spoken.protocol, shipment.weight_kg,
       sales_order.ship_to_address AS address, sales_order.ship_to_city AS city, sales_order.ship_to_country AS country,
       label.state AS label_state
  FROM shipment
  JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = shipment.order_id
  LEFT JOIN shipping_label AS label
    ON label.company_id = %(company_id)s::INT AND label.shipment_id = shipment.id AND label.state NOT IN ('given_up', 'cancelled')
  LEFT JOIN LATERAL (
       SELECT connection.protocol
         FROM carrier_connection AS connection
        WHERE connection.company_id = %(company_id)s::INT AND connection.is_active
          AND connection.carrier_id = coalesce(%(carrier_id)s::BIGINT, shipment.carrier_id)
          AND connection.protocol = ANY(%(bookable)s::TEXT[])
        ORDER BY connection.id
        LIMIT 1) AS spoken ON TRUE
 WHERE shipment.company_id = %(company_id)s::INT AND shipment.id = ANY(%(shipment_ids)s::BIGINT[])
 ORDER BY shipment.id
