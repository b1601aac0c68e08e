-- Promise the named orders the latest expected arrival of its shipments; a promise that has not moved is not repeated.
-- In:    company_id int, at timestamptz, order_ids bigint[]
-- Out:   order_id bigint, promised_on date; one row a promise made
-- Needs: nothing; two runs at once may both make the same promise, which changes nothing
WITH expected AS (
    SELECT shipment.order_id, max(shipment.expected_on) AS promised_on
      FROM shipment
     WHERE shipment.company_id = %(company_id)s::INT AND shipment.state IN ('notice', 'dispatched')
       AND shipment.order_id = ANY(%(order_ids)s::BIGINT[])
     GROUP BY shipment.order_id
), standing AS (
    SELECT expected.order_id, expected.promised_on, latest.promised_on AS promised_before
      FROM expected
      LEFT JOIN LATERAL (
           SELECT promise.promised_on
             FROM promise
            WHERE promise.company_id = %(company_id)s::INT AND promise.order_id = expected.order_id
            ORDER BY promise.id DESC
            LIMIT 1) AS latest ON TRUE
)
INSERT INTO promise (company_id, order_id, promised_on, reason, made_at)
SELECT %(company_id)s::INT, order_id, promised_on, CASE WHEN promised_before IS NULL THEN 'planned' ELSE 'shipment_moved' END,
       %(at)s::TIMESTAMPTZ
  FROM standing
 WHERE promised_before IS DISTINCT FROM promised_on
RETURNING order_id, promised_on
