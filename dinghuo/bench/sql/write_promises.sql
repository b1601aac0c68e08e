-- Floor, notice: promise the day of arrival.
-- In:    company_id int, order_ids bigint[], at timestamptz
-- Out:   nothing
-- Needs: the shipments written
INSERT INTO promise (company_id, order_id, promised_on, reason, made_at)
SELECT %(company_id)s::INT, order_id, expected_on, 'planned', %(at)s::TIMESTAMPTZ
  FROM shipment
 WHERE company_id = %(company_id)s::INT AND order_id = ANY(%(order_ids)s::BIGINT[])
