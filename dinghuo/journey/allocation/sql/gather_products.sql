-- Gather all that a run decides on, product by product: the lines that take part, what they have, and the stock there is.
-- In:    company_id int, product_ids bigint[] (null for all), with_payment boolean, with_patience boolean, with_cover boolean,
--        today date (cover counts 90 days back from it), given_since date (null for no units given before)
-- Out:   product_id bigint; the others text, one array a column: a line each down to place_counts (places of each line), a place each
--        for place_levels and place_units, a stock level each for the rest. Units are thousandths, prices millionths of company
--        currency, days proleptic ordinals (0 for none), codes and countries numbers; terms joined by ".", -1 for none, and by "|",
--        those of the line before its order's before its customer's; given what lines got that no run can move, by requested day,
--        customer, class, group, channel, country, warehouse, priority and units, joined by "."; sets the set's number and the line's units in it, joined by "."
-- Needs: nothing
WITH agreed AS MATERIALIZED (
    SELECT customer_id, order_id, order_line_id,
           concat_ws('.', coalesce(complete_lines::INT, -1), coalesce(complete_orders::INT, -1), coalesce(whole_cases::INT, -1),
                     coalesce(minimum_fill, -1), coalesce(minimum_order_fill, -1), coalesce(tolerance, -1),
                     coalesce(minimum_life_days, -1), coalesce(maximum_deliveries, -1),
                     coalesce(shortage_fine, -1)) AS terms
      FROM allocation_terms
     WHERE company_id = %(company_id)s::INT
), class AS MATERIALIZED (
    SELECT customer_class, row_number() OVER (ORDER BY customer_class) - 1 AS number
      FROM (SELECT DISTINCT customer_class FROM customer WHERE company_id = %(company_id)s::INT) AS known
), owed AS MATERIALIZED (
    SELECT customer_id, sum(amount) AS amount
      FROM customer_open_item
     WHERE company_id = %(company_id)s::INT AND bucket = 'receivable' AND %(with_payment)s::BOOLEAN
     GROUP BY customer_id
), payer AS MATERIALIZED (
    SELECT customer.id, class.number AS class_number, coalesce(customer.parent_id, customer.id) AS group_id,
           coalesce(owed.amount > customer.credit_limit, FALSE) AS is_over_limit, agreed.terms
      FROM customer
      JOIN class ON class.customer_class = customer.customer_class
      LEFT JOIN owed ON owed.customer_id = customer.id
      LEFT JOIN agreed ON agreed.customer_id = customer.id
     WHERE customer.company_id = %(company_id)s::INT
), movable AS MATERIALIZED (
    SELECT allocation.order_line_id, allocation.stock_level_id, sum(allocation.quantity - allocation.given_back) AS quantity
      FROM sales_order
      JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.order_id = sales_order.id
      JOIN allocation ON allocation.company_id = %(company_id)s::INT AND allocation.order_line_id = line.id
     WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.state IN ('released', 'held', 'cancelled', 'rejected')
       AND line.allocated > line.shipped AND allocation.given_back < allocation.quantity
       AND (%(product_ids)s::BIGINT[] IS NULL OR line.product_id = ANY(%(product_ids)s::BIGINT[]))
       AND NOT EXISTS (
           SELECT FROM shipment_line
            WHERE shipment_line.company_id = %(company_id)s::INT AND shipment_line.allocation_id = allocation.id
              AND NOT shipment_line.is_cancelled)
     GROUP BY allocation.order_line_id, allocation.stock_level_id
), had AS MATERIALIZED (
    SELECT order_line_id, sum(quantity) AS quantity, count(*) AS places,
           string_agg(stock_level_id::TEXT, ',' ORDER BY stock_level_id) AS levels,
           string_agg((quantity * 1000)::BIGINT::TEXT, ',' ORDER BY stock_level_id) AS units
      FROM movable
     GROUP BY order_line_id
), item AS (
    SELECT line.id, line.product_id, line.order_id, sales_order.customer_id, sales_order.warehouse_id, sales_order.priority,
           sales_order.ordered_on - '0001-01-01'::DATE + 1 AS ordered_day,
           coalesce(sales_order.requested_on - '0001-01-01'::DATE + 1, 0) AS requested_day,
           ((line.ordered - line.allocated + coalesce(had.quantity, 0)) * 1000)::BIGINT AS wanted,
           payer.class_number, payer.group_id, hashtextextended(sales_order.source, 0) AS channel,
           CASE WHEN sales_order.ship_to_country = '' THEN 0
                ELSE ascii(sales_order.ship_to_country) * 256 + ascii(substr(sales_order.ship_to_country, 2)) END AS country,
           round(line.unit_price * sales_order.exchange_rate * 1000000)::BIGINT AS unit_value,
           CASE WHEN payer.is_over_limit THEN 2 WHEN sales_order.payment_terms_days = 0 THEN 0 ELSE 1 END AS payment,
           concat_ws('|', by_line.terms, by_order.terms, payer.terms) AS terms,
           CASE WHEN line.kit = '' THEN '' ELSE hashtextextended(line.kit, 0) || '.' || (line.per_set * 1000)::BIGINT END AS set_of,
           CASE WHEN line.shipped > 0 THEN (
               SELECT count(*) FROM shipment
                WHERE shipment.company_id = %(company_id)s::INT AND shipment.order_id = line.order_id
                  AND shipment.state IN ('dispatched', 'delivered')) ELSE 0 END AS deliveries,
           CASE WHEN %(with_patience)s::BOOLEAN AND line.allocated < line.ordered THEN coalesce((
               SELECT min(allocation.allocated_at)::DATE - '0001-01-01'::DATE + 1 FROM allocation
                WHERE allocation.company_id = %(company_id)s::INT AND allocation.order_line_id = line.id), 0) ELSE 0 END AS held_day,
           CASE WHEN EXISTS (SELECT FROM commitment
                              WHERE commitment.company_id = %(company_id)s::INT AND commitment.order_line_id = line.id
                                AND commitment.lifted_at IS NULL) THEN 1 ELSE 0 END AS is_frozen,
           CASE WHEN sales_order.state <> 'released'
                  OR EXISTS (SELECT FROM hold
                              WHERE hold.company_id = %(company_id)s::INT AND hold.order_line_id = line.id
                                AND hold.lifted_at IS NULL) THEN 1 ELSE 0 END AS is_blocked,
           coalesce(had.places, 0) AS places, had.levels, had.units
      FROM sales_order
      JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.order_id = sales_order.id
      JOIN payer ON payer.id = sales_order.customer_id
      LEFT JOIN had ON had.order_line_id = line.id
      LEFT JOIN agreed AS by_order ON by_order.order_id = sales_order.id
      LEFT JOIN agreed AS by_line ON by_line.order_line_id = line.id
     WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.state IN ('released', 'held', 'cancelled', 'rejected')
       AND (sales_order.state = 'released' AND line.allocated < line.ordered OR had.quantity > 0)
       AND (%(product_ids)s::BIGINT[] IS NULL OR line.product_id = ANY(%(product_ids)s::BIGINT[]))
), past AS (
    SELECT line.product_id, sales_order.requested_on - '0001-01-01'::DATE + 1 AS requested_day, sales_order.customer_id,
           payer.class_number, payer.group_id, hashtextextended(sales_order.source, 0) AS channel,
           CASE WHEN sales_order.ship_to_country = '' THEN 0
                ELSE ascii(sales_order.ship_to_country) * 256 + ascii(substr(sales_order.ship_to_country, 2)) END AS country,
           sales_order.warehouse_id, sales_order.priority,
           (sum(line.allocated - coalesce(had.quantity, 0)) * 1000)::BIGINT AS units
      FROM sales_order
      JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.order_id = sales_order.id
      JOIN payer ON payer.id = sales_order.customer_id
      LEFT JOIN had ON had.order_line_id = line.id
     WHERE sales_order.company_id = %(company_id)s::INT AND %(given_since)s::DATE IS NOT NULL
       AND sales_order.requested_on >= %(given_since)s::DATE
       AND line.allocated > coalesce(had.quantity, 0)
       AND (%(product_ids)s::BIGINT[] IS NULL OR line.product_id = ANY(%(product_ids)s::BIGINT[]))
     GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
), given AS (
    SELECT product_id,
           string_agg(concat_ws('.', requested_day, customer_id, class_number, group_id, channel, country, warehouse_id, priority, units),
                      ',' ORDER BY requested_day, customer_id, channel, country, warehouse_id, priority) AS given
      FROM past
     GROUP BY product_id
), sold AS MATERIALIZED (
    SELECT level.product_id, level.warehouse_id, -sum(move.quantity) AS quantity
      FROM stock_document AS document
      JOIN stock_move AS move ON move.company_id = %(company_id)s::INT AND move.document_id = document.id
      JOIN stock_level AS level ON level.company_id = %(company_id)s::INT AND level.id = move.stock_level_id
     WHERE document.company_id = %(company_id)s::INT AND document.kind = 'dispatch' AND %(with_cover)s::BOOLEAN
       AND document.moved_on BETWEEN %(today)s::DATE - 89 AND %(today)s::DATE
     GROUP BY level.product_id, level.warehouse_id
), cover AS MATERIALIZED (
    -- Where nothing was sold for 90 days the stock lasts longest of all.
    SELECT stock.product_id, stock.warehouse_id,
           least(coalesce(floor(sum(stock.on_hand) * 90 / nullif(max(sold.quantity), 0)), 999999), 999999) AS days
      FROM stock_level AS stock
      LEFT JOIN sold ON sold.product_id = stock.product_id AND sold.warehouse_id = stock.warehouse_id
     WHERE stock.company_id = %(company_id)s::INT AND %(with_cover)s::BOOLEAN
     GROUP BY stock.product_id, stock.warehouse_id
), demand AS (
    SELECT product_id, array_agg(id ORDER BY id)::TEXT AS line_ids, array_agg(order_id ORDER BY id)::TEXT AS order_ids,
           array_agg(customer_id ORDER BY id)::TEXT AS customer_ids, array_agg(warehouse_id ORDER BY id)::TEXT AS warehouse_ids,
           array_agg(priority ORDER BY id)::TEXT AS priorities, array_agg(ordered_day ORDER BY id)::TEXT AS ordered_days,
           array_agg(requested_day ORDER BY id)::TEXT AS requested_days, array_agg(wanted ORDER BY id)::TEXT AS wanted,
           array_agg(class_number ORDER BY id)::TEXT AS classes, array_agg(group_id ORDER BY id)::TEXT AS groups,
           array_agg(channel ORDER BY id)::TEXT AS channels, array_agg(country ORDER BY id)::TEXT AS countries,
           array_agg(unit_value ORDER BY id)::TEXT AS unit_values, array_agg(payment ORDER BY id)::TEXT AS payments,
           string_agg(terms, ',' ORDER BY id) AS terms, string_agg(set_of, ',' ORDER BY id) AS sets,
           array_agg(deliveries ORDER BY id)::TEXT AS deliveries,
           array_agg(held_day ORDER BY id)::TEXT AS held_days, array_agg(is_frozen ORDER BY id)::TEXT AS frozen,
           array_agg(is_blocked ORDER BY id)::TEXT AS blocked, array_agg(places ORDER BY id)::TEXT AS place_counts,
           coalesce(string_agg(levels, ',' ORDER BY id), '') AS place_levels,
           coalesce(string_agg(units, ',' ORDER BY id), '') AS place_units
      FROM item
     GROUP BY product_id
), supply AS (
    SELECT stock.product_id, array_agg(stock.id ORDER BY stock.id)::TEXT AS level_ids,
           array_agg(stock.warehouse_id ORDER BY stock.id)::TEXT AS level_warehouses,
           array_agg(coalesce(stock.lot_id, 0) ORDER BY stock.id)::TEXT AS level_lots,
           array_agg(CASE WHEN warehouse.is_active THEN ((stock.on_hand - stock.allocated) * 1000)::BIGINT ELSE 0 END
                     ORDER BY stock.id)::TEXT AS level_free,
           array_agg(coalesce(lot.received_on - '0001-01-01'::DATE + 1, 0) ORDER BY stock.id)::TEXT AS level_received,
           array_agg(coalesce(lot.expires_on - '0001-01-01'::DATE + 1, 0) ORDER BY stock.id)::TEXT AS level_expires,
           array_agg(CASE WHEN stock.on_hand > 0 THEN round(stock.cost_amount * 1000000 / stock.on_hand)::BIGINT ELSE 0 END
                     ORDER BY stock.id)::TEXT AS level_costs,
           array_agg(coalesce((setting.safety_quantity * 1000)::BIGINT, 0) ORDER BY stock.id)::TEXT AS level_safety,
           array_agg(coalesce(cover.days, 0)::BIGINT ORDER BY stock.id)::TEXT AS level_covers
      FROM stock_level AS stock
      JOIN warehouse ON warehouse.company_id = %(company_id)s::INT AND warehouse.id = stock.warehouse_id
      LEFT JOIN lot ON lot.company_id = %(company_id)s::INT AND lot.id = stock.lot_id
      LEFT JOIN stock_setting AS setting
             ON setting.company_id = %(company_id)s::INT AND setting.product_id = stock.product_id
            AND setting.warehouse_id = stock.warehouse_id
      LEFT JOIN cover ON cover.product_id = stock.product_id AND cover.warehouse_id = stock.warehouse_id
     WHERE stock.company_id = %(company_id)s::INT AND (stock.on_hand > 0 OR stock.allocated > 0)
       AND (%(product_ids)s::BIGINT[] IS NULL OR stock.product_id = ANY(%(product_ids)s::BIGINT[]))
     GROUP BY stock.product_id
)
SELECT demand.product_id, (product.case_quantity * 1000)::BIGINT::TEXT AS case_size,
       round(product.standard_cost * 1000000)::BIGINT::TEXT AS unit_cost, demand.line_ids, demand.order_ids, demand.customer_ids,
       demand.warehouse_ids, demand.priorities, demand.ordered_days, demand.requested_days, demand.wanted, demand.classes,
       demand.groups, demand.channels, demand.countries, demand.unit_values, demand.payments, demand.terms, demand.sets,
       demand.deliveries,
       demand.held_days, demand.frozen, demand.blocked, demand.place_counts, demand.place_levels, demand.place_units,
       coalesce(supply.level_ids, '{}') AS level_ids, coalesce(supply.level_warehouses, '{}') AS level_warehouses,
       coalesce(supply.level_lots, '{}') AS level_lots, coalesce(supply.level_free, '{}') AS level_free,
       coalesce(supply.level_received, '{}') AS level_received, coalesce(supply.level_expires, '{}') AS level_expires,
       coalesce(supply.level_costs, '{}') AS level_costs, coalesce(supply.level_safety, '{}') AS level_safety,
       coalesce(supply.level_covers, '{}') AS level_covers, coalesce(given.given, '') AS given
  FROM demand
  JOIN product ON product.company_id = %(company_id)s::INT AND product.id = demand.product_id
  LEFT JOIN supply ON supply.product_id = demand.product_id
  LEFT JOIN given ON given.product_id = demand.product_id
 ORDER BY demand.product_id
