-- Lock the labels that a carrier is to be asked about now, the longest waiting first, with all that the call needs.
-- In:    company_id int, at timestamptz, bookable text[] (protocols), count int
-- Out:   label_id bigint, shipment_id bigint, order_id bigint, state text, attempts int, request_ref text, problem text,
--        tracking_number text, shipment_number text, shipment_state text, weight_kg numeric, connection_id bigint, carrier_id bigint,
--        protocol text, base_url text, settings jsonb, secrets jsonb, sender_name text, sender_address text, sender_city text,
--        sender_postcode text, sender_country text, sender_phone text, name text, address text, city text, country text, phone text
-- Needs: nothing; a label that another worker holds is left to it
SELECT label.id AS label_id, label.shipment_id, shipment.order_id, label.state, label.attempts, label.request_ref, label.problem,
       label.tracking_number, shipment.number AS shipment_number, shipment.state AS shipment_state, shipment.weight_kg,
       connection.id AS connection_id, connection.carrier_id, connection.protocol, connection.base_url, connection.settings,
       connection.secrets, company.name AS sender_name, warehouse.address AS sender_address, warehouse.city AS sender_city,
       company.postcode AS sender_postcode, warehouse.country AS sender_country, company.phone AS sender_phone,
       coalesce(nullif(sales_order.ship_to_name, ''), customer.name) AS name, sales_order.ship_to_address AS address,
       sales_order.ship_to_city AS city, sales_order.ship_to_country AS country, customer.phone
  FROM shipping_label AS label
  JOIN shipment ON shipment.company_id = %(company_id)s::INT AND shipment.id = label.shipment_id
  JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = shipment.order_id
  JOIN customer ON customer.company_id = %(company_id)s::INT AND customer.id = sales_order.customer_id
  JOIN warehouse ON warehouse.company_id = %(company_id)s::INT AND warehouse.id = shipment.warehouse_id
  JOIN company ON company.id = %(company_id)s::INT
 CROSS JOIN LATERAL (
       SELECT reached.id, reached.carrier_id, reached.protocol, reached.base_url, reached.settings, reached.secrets
         FROM carrier_connection AS reached
        WHERE reached.company_id = %(company_id)s::INT AND reached.carrier_id = label.carrier_id AND reached.is_active
          AND reached.protocol = ANY(%(bookable)s::TEXT[])
          AND (reached.open_until IS NULL OR reached.open_until <= %(at)s::TIMESTAMPTZ)
        ORDER BY reached.id
        LIMIT 1) AS connection
 WHERE label.company_id = %(company_id)s::INT AND label.state IN ('waiting', 'sent', 'cancelling')
   AND label.next_attempt_at <= %(at)s::TIMESTAMPTZ
   AND (label.claimed_until IS NULL OR label.claimed_until < %(at)s::TIMESTAMPTZ)
   AND NOT (label.state = 'waiting' AND shipment.state <> 'notice')
   -- A person has to say what became of these.
   AND NOT (label.state = 'sent' AND label.problem = 'must_be_decided')
 ORDER BY label.next_attempt_at, label.id
 LIMIT %(count)s::INT
   FOR NO KEY UPDATE OF label SKIP LOCKED
