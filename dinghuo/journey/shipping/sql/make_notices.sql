-- Make shipping notices: one for each order and warehouse, its lines from allocations that no shipment holds, its carrier the cheapest.
-- In:    company_id int, at timestamptz, on date, order_ids bigint[], first_number int, numbers int (how many were taken), prefix text
-- Out:   order_id bigint, shipment_id bigint, number text, carrier_code text, planned_on date, lines bigint; null where no carrier serves
-- Needs: the numbers taken and the orders locked by this transaction
WITH goods AS MATERIALIZED (
    SELECT sales_order.id AS order_id, level.warehouse_id, allocation.id AS allocation_id,
           allocation.quantity - allocation.given_back AS quantity, sales_order.ship_to_country, sales_order.requested_on,
           (allocation.quantity - allocation.given_back) * product.weight_kg AS weight_kg
      FROM sales_order
      JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.order_id = sales_order.id
      JOIN product ON product.company_id = %(company_id)s::INT AND product.id = line.product_id
      JOIN allocation ON allocation.company_id = %(company_id)s::INT AND allocation.order_line_id = line.id
      JOIN stock_level AS level ON level.company_id = %(company_id)s::INT AND level.id = allocation.stock_level_id
     WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.id = ANY(%(order_ids)s::BIGINT[])
       AND sales_order.state = 'released'
       AND line.allocated > line.shipped AND allocation.given_back < allocation.quantity
       AND NOT EXISTS (SELECT FROM shipment_line AS held
                        WHERE held.company_id = %(company_id)s::INT AND held.allocation_id = allocation.id AND NOT held.is_cancelled)
), parcel AS MATERIALIZED (
    SELECT order_id, warehouse_id, ship_to_country, requested_on, sum(weight_kg) AS weight_kg, count(*) AS lines,
           row_number() OVER (ORDER BY order_id, warehouse_id) AS place
      FROM goods
     GROUP BY order_id, warehouse_id, ship_to_country, requested_on
), quote AS MATERIALIZED (
    SELECT parcel.order_id, parcel.warehouse_id, carrier.id AS carrier_id, carrier.code, carrier.transit_days,
           money_round(carrier.base_price + carrier.price_per_kg * parcel.weight_kg, currency.minor_units, company.rounding) AS price
      FROM parcel
     CROSS JOIN company
      JOIN currency ON currency.code = company.currency
      JOIN carrier ON carrier.company_id = %(company_id)s::INT AND carrier.is_active
                  AND carrier.country IN ('', parcel.ship_to_country)
                  AND coalesce(carrier.weight_kg_max >= parcel.weight_kg, TRUE)
     WHERE company.id = %(company_id)s::INT
), chosen AS MATERIALIZED (
    SELECT DISTINCT ON (order_id, warehouse_id) order_id, warehouse_id, carrier_id, code, transit_days, price
      FROM quote
     ORDER BY order_id, warehouse_id, price, transit_days, carrier_id
), quotes AS (
    SELECT order_id, warehouse_id,
           jsonb_agg(jsonb_build_object('carrier', code, 'price', price::TEXT, 'transit_days', transit_days)
                     ORDER BY price, transit_days, carrier_id) AS quotes
      FROM quote
     GROUP BY order_id, warehouse_id
), day AS (
    SELECT parcel.order_id, parcel.warehouse_id,
           greatest(%(on)s::DATE, parcel.requested_on - chosen.transit_days) AS earliest_on
      FROM parcel
      JOIN chosen ON chosen.order_id = parcel.order_id AND chosen.warehouse_id = parcel.warehouse_id
), working_day AS (
    -- Goods leave from Monday to Friday.
    SELECT order_id, warehouse_id,
           earliest_on + CASE extract(ISODOW FROM earliest_on)::INT WHEN 6 THEN 2 WHEN 7 THEN 1 ELSE 0 END AS planned_on
      FROM day
), made AS (
    INSERT INTO shipment (company_id, number, order_id, warehouse_id, carrier_id, planned_on, expected_on, weight_kg, noticed_at)
    SELECT %(company_id)s::INT, %(prefix)s::TEXT || lpad((%(first_number)s::INT + parcel.place - 1)::TEXT, 6, '0'),
           parcel.order_id, parcel.warehouse_id, chosen.carrier_id, working_day.planned_on,
           working_day.planned_on + chosen.transit_days, parcel.weight_kg, %(at)s::TIMESTAMPTZ
      FROM parcel
      JOIN chosen ON chosen.order_id = parcel.order_id AND chosen.warehouse_id = parcel.warehouse_id
      JOIN working_day ON working_day.order_id = parcel.order_id AND working_day.warehouse_id = parcel.warehouse_id
     WHERE parcel.place <= %(numbers)s::INT
     ORDER BY parcel.place
    RETURNING id, number, order_id, warehouse_id, planned_on
), lines AS (
    INSERT INTO shipment_line (company_id, shipment_id, allocation_id, quantity)
    SELECT %(company_id)s::INT, made.id, goods.allocation_id, goods.quantity
      FROM goods
      JOIN made ON made.order_id = goods.order_id AND made.warehouse_id = goods.warehouse_id
     ORDER BY made.id, goods.allocation_id
), bookings AS (
    INSERT INTO carrier_booking (company_id, shipment_id, carrier_id, price, reason, quotes, booked_at)
    SELECT %(company_id)s::INT, made.id, chosen.carrier_id, chosen.price, 'cheapest', quotes.quotes, %(at)s::TIMESTAMPTZ
      FROM made
      JOIN chosen ON chosen.order_id = made.order_id AND chosen.warehouse_id = made.warehouse_id
      JOIN quotes ON quotes.order_id = made.order_id AND quotes.warehouse_id = made.warehouse_id
)
SELECT parcel.order_id, made.id AS shipment_id, made.number, chosen.code AS carrier_code, made.planned_on, parcel.lines
  FROM parcel
  LEFT JOIN made ON made.order_id = parcel.order_id AND made.warehouse_id = parcel.warehouse_id
  LEFT JOIN chosen ON chosen.order_id = parcel.order_id AND chosen.warehouse_id = parcel.warehouse_id
 WHERE parcel.place <= %(numbers)s::INT
 ORDER BY parcel.place
