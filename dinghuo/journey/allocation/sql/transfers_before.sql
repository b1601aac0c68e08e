-- List transfers between warehouses, the newest first, before an id; or the one of an id.
-- In:    company_id integer, before bigint, count integer, only_id bigint (null for all), only_open boolean (those not yet arrived)
-- Out:   id bigint, number text, state text, from_warehouse text, to_warehouse text (codes), sent_on date, expected_on date, reason text,
--        end_reason text (why it was ended early), lines bigint, units numeric, received numeric (stock units);
--        at most count rows
-- Needs: nothing
SELECT
    transfer.id, transfer.number, transfer.state, leaving.code AS from_warehouse, arriving.code AS to_warehouse, transfer.sent_on,
    transfer.expected_on, transfer.reason, transfer.end_reason, sums.lines, trim_scale(sums.units) AS units,
    trim_scale(sums.received) AS received
  FROM stock_transfer AS transfer
 INNER JOIN warehouse AS leaving ON leaving.company_id = transfer.company_id AND leaving.id = transfer.from_warehouse_id
 INNER JOIN warehouse AS arriving ON arriving.company_id = transfer.company_id AND arriving.id = transfer.to_warehouse_id
  LEFT JOIN LATERAL (
    SELECT count(*) AS lines, sum(line.quantity) AS units, sum(line.received) AS received
      FROM stock_transfer_line AS line
     WHERE line.company_id = transfer.company_id AND line.transfer_id = transfer.id
  ) AS sums ON TRUE
 WHERE transfer.company_id = %(company_id)s::INT
   AND transfer.id < %(before)s::BIGINT
   AND (%(only_id)s::BIGINT IS NULL OR transfer.id = %(only_id)s::BIGINT)
   AND (NOT %(only_open)s::BOOLEAN OR transfer.state = 'sent')
 ORDER BY transfer.id DESC
 LIMIT %(count)s::INT
