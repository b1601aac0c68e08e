-- Floor, notice: write a shipment for each order, with the only carrier, two days on the road.
-- In:    company_id int, order_ids bigint[], at timestamptz, today date
-- Out:   nothing
-- Needs: the numbers taken; a working day
INSERT INTO shipment (company_id, number, order_id, warehouse_id, carrier_id, planned_on, expected_on, weight_kg, noticed_at)
SELECT %(company_id)s::INT, 'SN' || counter.year || '-' || lpad(parcel.number::TEXT, 6, '0'), parcel.id, parcel.warehouse_id,
       (SELECT id FROM carrier WHERE company_id = %(company_id)s::INT), %(today)s::DATE, %(today)s::DATE + 2, parcel.weight_kg,
       %(at)s::TIMESTAMPTZ
  FROM number_series AS counter
 CROSS JOIN LATERAL (
       SELECT (counter.next_number - row_number() OVER (ORDER BY sales_order.id DESC))::INT AS number, sales_order.id,
              sales_order.warehouse_id,
              (SELECT sum(line.allocated * product.weight_kg)
                 FROM sales_order_line AS line
                 JOIN product ON product.company_id = %(company_id)s::INT AND product.id = line.product_id
                WHERE line.company_id = %(company_id)s::INT AND line.order_id = sales_order.id) AS weight_kg
         FROM sales_order
        WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.id = ANY(%(order_ids)s::BIGINT[])) AS parcel
 WHERE counter.company_id = %(company_id)s::INT AND counter.series = 'shipment' AND counter.year = extract(YEAR FROM %(today)s::DATE)
