-- The day on which each line of an order could be with the customer, by what is free and expected today; nothing is promised by it.
-- In:    company_id int, order_id bigint, today date, after_position int (where the page before ended), count int
-- Out:   id bigint, position int, product_code text, name text, name_zh text, unit text, ordered numeric, allocated numeric (stock units),
--        unit_price numeric, amount_net numeric, ready_on date (all its stock is there, null when no supply is known), promised_on date
--        (it arrives, null like ready_on or without a carrier), supplied_by text (allocated, stock, supply or none), hold_id bigint,
--        hold_kind text (by_hand or the rule's), hold_reason text (a person's); at most count rows by position
-- Needs: nothing
-- A line stands behind all that released orders still wait for, and behind earlier lines of its own order.
WITH line AS MATERIALIZED (
    SELECT sales_order_line.id, sales_order_line.position, sales_order_line.product_id, sales_order_line.ordered,
           sales_order_line.allocated, sales_order_line.unit_price, sales_order_line.amount_net,
           sum(sales_order_line.ordered - sales_order_line.allocated)
               OVER (PARTITION BY sales_order_line.product_id ORDER BY sales_order_line.position) AS wanted_so_far
      FROM sales_order_line
     WHERE sales_order_line.company_id = %(company_id)s::INT AND sales_order_line.order_id = %(order_id)s::BIGINT
), page AS MATERIALIZED (
    SELECT id, position, product_id, ordered, allocated, unit_price, amount_net, wanted_so_far
      FROM line
     WHERE position > %(after_position)s::INT
     ORDER BY position
     LIMIT %(count)s::INT
), wanted AS MATERIALIZED (
    SELECT DISTINCT product_id
      FROM page
), ahead AS (
    SELECT other_line.product_id, sum(other_line.ordered - other_line.allocated) AS quantity
      FROM sales_order AS other
     INNER JOIN sales_order_line AS other_line ON other_line.company_id = %(company_id)s::INT AND other_line.order_id = other.id
     WHERE other.company_id = %(company_id)s::INT AND other.state IN ('submitted', 'held', 'released') AND other.state = 'released'
       AND other.id <> %(order_id)s::BIGINT AND other_line.allocated < other_line.ordered
       AND other_line.product_id IN (SELECT product_id FROM wanted)
     GROUP BY other_line.product_id
), supply AS (
    SELECT stock_level.product_id, %(today)s::DATE AS on_day, sum(stock_level.on_hand - stock_level.allocated) AS quantity, TRUE AS is_here
      FROM stock_level
     INNER JOIN warehouse ON warehouse.company_id = %(company_id)s::INT AND warehouse.id = stock_level.warehouse_id
     WHERE stock_level.company_id = %(company_id)s::INT AND warehouse.is_active
       AND stock_level.product_id IN (SELECT product_id FROM wanted)
     GROUP BY stock_level.product_id
     UNION ALL
    SELECT inbound.product_id, greatest(inbound.expected_on, %(today)s::DATE) AS on_day, sum(inbound.quantity - inbound.received)
               AS quantity, FALSE AS is_here
      FROM inbound_supply AS inbound
     INNER JOIN warehouse ON warehouse.company_id = %(company_id)s::INT AND warehouse.id = inbound.warehouse_id
     WHERE inbound.company_id = %(company_id)s::INT AND inbound.received < inbound.quantity AND warehouse.is_active
       AND inbound.product_id IN (SELECT product_id FROM wanted)
     GROUP BY inbound.product_id, greatest(inbound.expected_on, %(today)s::DATE)
), supplied AS (
    SELECT product_id, on_day, is_here,
           sum(quantity) OVER (PARTITION BY product_id ORDER BY on_day, is_here DESC) AS quantity_so_far
      FROM supply
), served AS (
    SELECT page.id, page.allocated >= page.ordered AS is_allocated, first_day.on_day, first_day.is_here
      FROM page
      LEFT JOIN ahead ON ahead.product_id = page.product_id
      LEFT JOIN LATERAL (
           SELECT supplied.on_day, supplied.is_here
             FROM supplied
            WHERE supplied.product_id = page.product_id
              AND supplied.quantity_so_far >= coalesce(ahead.quantity, 0) + page.wanted_so_far
            ORDER BY supplied.on_day, supplied.is_here DESC
            LIMIT 1) AS first_day ON TRUE
), weight AS (
    SELECT sum(line.ordered * product.weight_kg) AS kg
      FROM line
     INNER JOIN product ON product.company_id = %(company_id)s::INT AND product.id = line.product_id
), carried AS MATERIALIZED (
    SELECT carrier.transit_days, sales_order.requested_on, company.works_on
      FROM sales_order
     INNER JOIN company ON company.id = sales_order.company_id
     CROSS JOIN weight
      LEFT JOIN carrier
             ON carrier.company_id = sales_order.company_id AND carrier.is_active
            AND carrier.country IN ('', sales_order.ship_to_country)
            AND coalesce(carrier.weight_kg_max >= weight.kg, TRUE)
     WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.id = %(order_id)s::BIGINT
     ORDER BY carrier.base_price + carrier.price_per_kg * weight.kg, carrier.transit_days, carrier.id
     LIMIT 1
), dated AS (
    SELECT served.id, CASE WHEN served.is_allocated THEN %(today)s::DATE ELSE served.on_day END AS ready_on,
           CASE WHEN served.is_allocated THEN 'allocated' WHEN served.on_day IS NULL THEN 'none'
                WHEN served.is_here THEN 'stock' ELSE 'supply' END AS supplied_by
      FROM served
)
SELECT
    page.id, page.position, product.code AS product_code, product.name, product.name_zh, product.unit, page.ordered,
    page.allocated, page.unit_price, page.amount_net, dated.ready_on,
    -- Goods leave on the first day from then on that the company works on, not before they are asked for.
    leaving.on_day + (
        SELECT min(days)
          FROM generate_series(0, 6) AS days
         WHERE strpos(carried.works_on, extract(ISODOW FROM leaving.on_day + days)::INT::TEXT) > 0) + carried.transit_days
        AS promised_on,
    dated.supplied_by, holding.id AS hold_id, coalesce(holding.kind, '') AS hold_kind, coalesce(holding.reason, '') AS hold_reason
  FROM page
 INNER JOIN product ON product.company_id = %(company_id)s::INT AND product.id = page.product_id
 INNER JOIN dated ON dated.id = page.id
 CROSS JOIN carried
 CROSS JOIN LATERAL (SELECT greatest(dated.ready_on, carried.requested_on - carried.transit_days) AS asked_on) AS asked
 CROSS JOIN LATERAL (SELECT CASE WHEN dated.ready_on IS NOT NULL THEN asked.asked_on END AS on_day) AS leaving
  LEFT JOIN LATERAL (
       SELECT hold.id, coalesce(review_rule.kind, 'by_hand') AS kind, hold.placed_because AS reason
         FROM hold
         LEFT JOIN review_rule ON review_rule.company_id = hold.company_id AND review_rule.id = hold.rule_id
        WHERE hold.company_id = %(company_id)s::INT AND hold.order_id = %(order_id)s::BIGINT AND hold.order_line_id = page.id
          AND hold.lifted_at IS NULL
        ORDER BY hold.id
        LIMIT 1) AS holding ON TRUE
 ORDER BY page.position
