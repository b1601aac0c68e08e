-- The tracking numbers of a carrier whose goods have not arrived, the longest under way first.
-- In:    company_id int, carrier_id bigint, count int
-- Out:   tracking_number text; at most count rows
-- Needs: nothing
SELECT tracking_number
  FROM shipment
 WHERE company_id = %(company_id)s::INT AND state IN ('notice', 'dispatched') AND carrier_id = %(carrier_id)s::BIGINT
   AND tracking_number <> ''
 ORDER BY planned_on, id
 LIMIT %(count)s::INT
