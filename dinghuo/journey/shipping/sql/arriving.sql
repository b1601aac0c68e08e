-- Shipments on the road that were expected by a day.
-- In:    company_id int, today date
-- Out:   id bigint
-- Needs: nothing; lock them before acting on it
SELECT id
  FROM shipment
 WHERE company_id = %(company_id)s::INT AND state = 'dispatched' AND state IN ('notice', 'dispatched') AND expected_on <= %(today)s::DATE
 ORDER BY id
