-- List labels, the newest first; or the one of an id; the queue is what has no label yet and is not given up.
-- In:    company_id int, before bigint, count int, only_id bigint, only_shipment bigint (null for all), states text[] (null for all)
-- Out:   id bigint, shipment_id bigint, shipment text (its number), order_id bigint, carrier text (its code), state text, attempts int,
--        next_attempt_at timestamptz, problem text, problem_text text, tracking_number text, label_format text, asked_at timestamptz,
--        booked_at timestamptz, is_open boolean (the carrier's circuit); at most count rows
-- Needs: nothing
SELECT label.id, label.shipment_id, shipment.number AS shipment, shipment.order_id, carrier.code AS carrier, label.state,
       label.attempts, label.next_attempt_at, label.problem, label.problem_text, label.tracking_number, label.label_format,
       label.asked_at, label.booked_at,
       coalesce((SELECT max(connection.open_until)
                   FROM carrier_connection AS connection
                  WHERE connection.company_id = label.company_id AND connection.carrier_id = label.carrier_id) > now(), FALSE) AS is_open
  FROM shipping_label AS label
  JOIN shipment ON shipment.company_id = label.company_id AND shipment.id = label.shipment_id
  JOIN carrier ON carrier.company_id = label.company_id AND carrier.id = label.carrier_id
 WHERE label.company_id = %(company_id)s::INT AND label.id < %(before)s::BIGINT
   AND (%(only_id)s::BIGINT IS NULL OR label.id = %(only_id)s::BIGINT)
   AND (%(only_shipment)s::BIGINT IS NULL OR label.shipment_id = %(only_shipment)s::BIGINT)
   AND (%(states)s::TEXT[] IS NULL OR label.state = ANY(%(states)s::TEXT[]))
 ORDER BY label.id DESC
 LIMIT %(count)s::INT
