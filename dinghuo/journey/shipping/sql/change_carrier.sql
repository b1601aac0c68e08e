-- Give a shipment another carrier at its tariff, and keep what was chosen and why.
-- In:    company_id int, at timestamptz, shipment_id bigint, carrier_id bigint
-- Out:   number of rows
-- Needs: the shipment locked
WITH chosen AS (
    SELECT carrier.id, carrier.code, carrier.transit_days,
           money_round(carrier.base_price + carrier.price_per_kg * shipment.weight_kg, currency.minor_units, company.rounding) AS price
      FROM carrier
      JOIN shipment ON shipment.company_id = %(company_id)s::INT AND shipment.id = %(shipment_id)s::BIGINT
      JOIN company ON company.id = %(company_id)s::INT
      JOIN currency ON currency.code = company.currency
     WHERE carrier.company_id = %(company_id)s::INT AND carrier.id = %(carrier_id)s::BIGINT
), moved AS (
    UPDATE shipment
       SET carrier_id = chosen.id, expected_on = shipment.planned_on + chosen.transit_days, tracking_number = ''
      FROM chosen
     WHERE shipment.company_id = %(company_id)s::INT AND shipment.id = %(shipment_id)s::BIGINT
)
INSERT INTO carrier_booking (company_id, shipment_id, carrier_id, price, reason, quotes, booked_at)
SELECT %(company_id)s::INT, %(shipment_id)s::BIGINT, id, price, 'changed_by_hand',
       jsonb_build_array(jsonb_build_object('carrier', code, 'price', price::TEXT, 'transit_days', transit_days)), %(at)s::TIMESTAMPTZ
  FROM chosen
