-- Move the expected day of shipments to the carrier's latest estimate, and tell which of them have arrived.
-- In:    company_id int, today date, shipment_ids bigint[]
-- Out:   shipment_id bigint, order_id bigint, number text, expected_before date, expected_on date (null where it has not moved),
--        arrived_on date (null where it has not arrived or is not on the road); one row a shipment
-- Needs: the shipments locked, their events written by an earlier statement
WITH seen AS MATERIALIZED (
    SELECT shipment.id, shipment.order_id, shipment.number, shipment.state, shipment.expected_on, shipment.dispatched_on,
           told.arrived_at, told.estimated_on
      FROM shipment
     CROSS JOIN LATERAL (
           SELECT min(event.occurred_at) FILTER (WHERE event.status = 'delivered') AS arrived_at,
                  (array_agg(event.estimated_on ORDER BY event.occurred_at DESC, event.recorded_at DESC, event.estimated_on DESC)
                   FILTER (WHERE event.estimated_on IS NOT NULL))[1] AS estimated_on
             FROM tracking_event AS event
            WHERE event.company_id = %(company_id)s::INT AND event.shipment_id = shipment.id) AS told
     WHERE shipment.company_id = %(company_id)s::INT AND shipment.id = ANY(%(shipment_ids)s::BIGINT[])
), moved AS (
    UPDATE shipment
       SET expected_on = seen.estimated_on
      FROM seen
     WHERE shipment.company_id = %(company_id)s::INT AND shipment.id = seen.id AND seen.state IN ('notice', 'dispatched')
       AND seen.arrived_at IS NULL AND seen.estimated_on <> seen.expected_on
    RETURNING shipment.id, shipment.expected_on
)
SELECT seen.id AS shipment_id, seen.order_id, seen.number, seen.expected_on AS expected_before, moved.expected_on,
       CASE WHEN seen.state = 'dispatched' AND seen.arrived_at IS NOT NULL
            -- Never before it left, nor on a day to come: the carrier's clock is not ours.
            THEN greatest(seen.dispatched_on, least(%(today)s::DATE, (seen.arrived_at AT TIME ZONE company.time_zone)::DATE))
             END AS arrived_on
  FROM seen
 CROSS JOIN company
  LEFT JOIN moved ON moved.id = seen.id
 WHERE company.id = %(company_id)s::INT
 ORDER BY seen.id
