-- Make shipping notices: one for each order and warehouse, its lines from allocations that no shipment holds, its carrier the cheapest.
-- In:    company_id int, at timestamptz, today date, order_ids bigint[], first_number int, numbers int (how many were taken), prefix text
-- Out:   order_id bigint, shipment_id bigint, number text, carrier_code text, planned_on date, lines bigint; null where no carrier serves
-- Needs: the numbers taken and the orders locked by this transaction
-- The goods of a parcel travel along as arrays and its notice is found again by a FULL JOIN: the planner can only guess how large sets
-- made here are, and joins them row by row otherwise.
WITH goods AS MATERIALIZED (
    SELECT sales_order.id AS order_id, level.warehouse_id, allocation.id AS allocation_id,
           allocation.quantity - allocation.given_back AS quantity, sales_order.ship_to_country, sales_order.requested_on,
           (SELECT product.weight_kg FROM product
             WHERE product.company_id = %(company_id)s::INT AND product.id = line.product_id) AS unit_weight_kg
      FROM sales_order
      JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.order_id = sales_order.id
      JOIN allocation ON allocation.company_id = %(company_id)s::INT AND allocation.order_line_id = line.id
      JOIN stock_level AS level ON level.company_id = %(company_id)s::INT AND level.id = allocation.stock_level_id
     WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.id = ANY(%(order_ids)s::BIGINT[])
       AND sales_order.state = 'released'
       AND line.allocated > line.shipped AND allocation.given_back < allocation.quantity
       AND NOT EXISTS (SELECT FROM shipment_line AS held
                        WHERE held.company_id = %(company_id)s::INT AND held.allocation_id = allocation.id AND NOT held.is_cancelled)
), parcel AS (
    SELECT order_id, warehouse_id, ship_to_country, requested_on, sum(quantity * unit_weight_kg) AS weight_kg, count(*) AS lines,
           array_agg(allocation_id ORDER BY allocation_id) AS allocation_ids,
           array_agg(quantity ORDER BY allocation_id) AS quantities,
           row_number() OVER (ORDER BY order_id, warehouse_id) AS place
      FROM goods
     GROUP BY order_id, warehouse_id, ship_to_country, requested_on
), offered AS (
    SELECT parcel.order_id, parcel.warehouse_id, parcel.requested_on, parcel.weight_kg, parcel.lines, parcel.allocation_ids,
           parcel.quantities, parcel.place, offer.carrier_id, offer.code, offer.transit_days, offer.price, offer.quotes,
           greatest(%(today)s::DATE, parcel.requested_on - offer.transit_days) AS earliest_on
      FROM parcel
      LEFT JOIN LATERAL (
           SELECT (array_agg(quote.carrier_id ORDER BY quote.price, quote.transit_days, quote.carrier_id))[1] AS carrier_id,
                  (array_agg(quote.code ORDER BY quote.price, quote.transit_days, quote.carrier_id))[1] AS code,
                  (array_agg(quote.transit_days ORDER BY quote.price, quote.transit_days, quote.carrier_id))[1] AS transit_days,
                  min(quote.price) AS price,
                  jsonb_agg(jsonb_build_object('carrier', quote.code, 'price', quote.price::TEXT, 'transit_days', quote.transit_days)
                            ORDER BY quote.price, quote.transit_days, quote.carrier_id) AS quotes
             FROM (SELECT carrier.id AS carrier_id, carrier.code, carrier.transit_days,
                          money_round(carrier.base_price + carrier.price_per_kg * parcel.weight_kg,
                                      currency.minor_units, company.rounding) AS price
                     FROM carrier
                     JOIN company ON company.id = carrier.company_id
                     JOIN currency ON currency.code = company.currency
                    WHERE carrier.company_id = %(company_id)s::INT AND carrier.is_active
                      AND carrier.country IN ('', parcel.ship_to_country)
                      AND coalesce(carrier.weight_kg_max >= parcel.weight_kg, TRUE)) AS quote
           ) AS offer ON TRUE
     WHERE parcel.place <= %(numbers)s::INT
), planned AS MATERIALIZED (
    -- Goods leave on the first day from then on that the company works on.
    SELECT order_id, warehouse_id, weight_kg, lines, allocation_ids, quantities, place, carrier_id, code, transit_days, price,
           quotes, %(prefix)s::TEXT || lpad((%(first_number)s::INT + place - 1)::TEXT, 6, '0') AS number,
           earliest_on + (SELECT min(days)
                            FROM generate_series(0, 6) AS days
                           WHERE strpos(calendar.works_on, extract(ISODOW FROM earliest_on + days)::INT::TEXT) > 0) AS planned_on
      FROM offered
     CROSS JOIN (SELECT works_on FROM company WHERE id = %(company_id)s::INT) AS calendar
), made AS (
    INSERT INTO shipment (company_id, number, order_id, warehouse_id, carrier_id, planned_on, expected_on, weight_kg, noticed_at)
    SELECT %(company_id)s::INT, number, order_id, warehouse_id, carrier_id, planned_on, planned_on + transit_days, weight_kg,
           %(at)s::TIMESTAMPTZ
      FROM planned
     WHERE carrier_id IS NOT NULL
     ORDER BY place
    RETURNING id, number
), noticed AS MATERIALIZED (
    SELECT made.id, planned.number, planned.order_id, planned.lines, planned.allocation_ids, planned.quantities, planned.place,
           planned.carrier_id, planned.code, planned.price, planned.quotes, planned.planned_on
      FROM planned
      FULL JOIN made ON made.number = planned.number
), lines AS (
    INSERT INTO shipment_line (company_id, shipment_id, allocation_id, quantity)
    SELECT %(company_id)s::INT, noticed.id, goods.allocation_id, goods.quantity
      FROM noticed
     CROSS JOIN LATERAL unnest(noticed.allocation_ids, noticed.quantities) AS goods (allocation_id, quantity)
     WHERE noticed.id IS NOT NULL
     ORDER BY noticed.id, goods.allocation_id
), bookings AS (
    INSERT INTO carrier_booking (company_id, shipment_id, carrier_id, price, reason, quotes, booked_at)
    SELECT %(company_id)s::INT, id, carrier_id, price, 'cheapest', quotes, %(at)s::TIMESTAMPTZ
      FROM noticed
     WHERE id IS NOT NULL
     ORDER BY id
)
SELECT order_id, id AS shipment_id, CASE WHEN id IS NOT NULL THEN number END AS number, code AS carrier_code, planned_on, lines
  FROM noticed
 ORDER BY place
