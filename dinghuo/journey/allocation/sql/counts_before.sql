-- List stock counts, the newest first, before an id; or the one of an id.
-- In:    company_id integer, before bigint, count integer, only_id bigint (null for all), only_open boolean
-- Out:   id bigint, number text, state text, warehouse text (code), zone text, is_blind boolean, reason text, opened_at timestamptz,
--        opened_by_id integer, ended_at timestamptz, approved_by_id integer, document_id bigint (the correction), lines bigint,
--        counted bigint (lines); at most count rows
-- Needs: nothing
SELECT
    stock_count.id, stock_count.number, stock_count.state, warehouse.code AS warehouse, stock_count.zone, stock_count.is_blind,
    stock_count.reason, stock_count.opened_at, stock_count.opened_by_id, stock_count.ended_at, stock_count.approved_by_id,
    stock_count.document_id, sums.lines, sums.counted
  FROM stock_count
 INNER JOIN warehouse ON warehouse.company_id = stock_count.company_id AND warehouse.id = stock_count.warehouse_id
  LEFT JOIN LATERAL (
    SELECT count(*) AS lines, count(line.counted) AS counted
      FROM stock_count_line AS line
     WHERE line.company_id = stock_count.company_id AND line.count_id = stock_count.id
  ) AS sums ON TRUE
 WHERE stock_count.company_id = %(company_id)s::INT
   AND stock_count.id < %(before)s::BIGINT
   AND (%(only_id)s::BIGINT IS NULL OR stock_count.id = %(only_id)s::BIGINT)
   AND (NOT %(only_open)s::BOOLEAN OR stock_count.state = 'open')
 ORDER BY stock_count.id DESC
 LIMIT %(count)s::INT
