-- Floor, notice: book the carrier for each shipment.
-- In:    company_id int, order_ids bigint[], at timestamptz
-- Out:   nothing
-- Needs: the shipments written
INSERT INTO carrier_booking (company_id, shipment_id, carrier_id, price, reason, quotes, booked_at)
SELECT %(company_id)s::INT, id, carrier_id, 0, 'cheapest',
       '[{"price": "0.00", "carrier": "K1", "transit_days": 2}]'::JSONB, %(at)s::TIMESTAMPTZ
  FROM shipment
 WHERE company_id = %(company_id)s::INT AND order_id = ANY(%(order_ids)s::BIGINT[])
