-- Floor, dispatch: write a stock document for each shipment, under its number.
-- In:    company_id int, order_ids bigint[], at timestamptz, today date
-- Out:   nothing
-- Needs: nothing
INSERT INTO stock_document (company_id, kind, number, moved_on, recorded_at)
SELECT %(company_id)s::INT, 'dispatch', number, %(today)s::DATE, %(at)s::TIMESTAMPTZ
  FROM shipment
 WHERE company_id = %(company_id)s::INT AND order_id = ANY(%(order_ids)s::BIGINT[])
