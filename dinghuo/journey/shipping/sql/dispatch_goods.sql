-- Goods leave: stock falls at its cost, lines count as shipped, each shipment has a stock document, a package and a tracking event.
-- In:    company_id int, at timestamptz, today date, actor_id int, shipment_ids bigint[], ssccs text[] (one a shipment)
-- Out:   nothing
-- Needs: orders, stock levels and shipments locked, the shipments dispatched by this transaction
-- Sets made here are joined by FULL JOIN: the planner can only guess how large they are, and joins them row by row otherwise.
WITH leaving AS MATERIALIZED (
    SELECT shipment.id, shipment.number, shipment.weight_kg, asked.sscc
      FROM unnest(%(shipment_ids)s::BIGINT[], %(ssccs)s::TEXT[]) AS asked (shipment_id, sscc)
      JOIN shipment ON shipment.company_id = %(company_id)s::INT AND shipment.id = asked.shipment_id
), goods AS MATERIALIZED (
    SELECT leaving.id AS shipment_id, line.id AS shipment_line_id, line.quantity, allocation.id AS allocation_id,
           allocation.order_line_id, allocation.stock_level_id
      FROM leaving
      JOIN shipment_line AS line ON line.company_id = %(company_id)s::INT AND line.shipment_id = leaving.id AND NOT line.is_cancelled
      JOIN allocation ON allocation.company_id = %(company_id)s::INT AND allocation.id = line.allocation_id
), taken AS MATERIALIZED (
    -- The cost of the first k units of a level is its share, rounded: all units together take all of the cost, to the cent.
    SELECT goods.shipment_id, goods.shipment_line_id, goods.quantity, goods.allocation_id, goods.stock_level_id,
           level.on_hand, level.cost_amount, currency.minor_units, company.rounding,
           sum(goods.quantity) OVER (PARTITION BY goods.stock_level_id ORDER BY goods.shipment_line_id) AS taken_so_far
      FROM goods
      JOIN stock_level AS level ON level.company_id = %(company_id)s::INT AND level.id = goods.stock_level_id
     CROSS JOIN company
      JOIN currency ON currency.code = company.currency
     WHERE company.id = %(company_id)s::INT
), costed AS MATERIALIZED (
    SELECT shipment_id, shipment_line_id, quantity, allocation_id, stock_level_id,
           money_round(cost_amount * taken_so_far / on_hand, minor_units, rounding)
           - money_round(cost_amount * (taken_so_far - quantity) / on_hand, minor_units, rounding) AS cost
      FROM taken
), document AS (
    INSERT INTO stock_document (company_id, kind, number, moved_on, recorded_at, recorded_by_id)
    SELECT %(company_id)s::INT, 'dispatch', number, %(today)s::DATE, %(at)s::TIMESTAMPTZ, %(actor_id)s::INT
      FROM leaving
     ORDER BY id
    RETURNING id, number
), paper AS (
    SELECT leaving.id AS shipment_id, document.id AS document_id
      FROM leaving
      FULL JOIN document ON document.number = leaving.number
), moves AS (
    INSERT INTO stock_move (company_id, document_id, stock_level_id, quantity, cost_amount, allocation_id)
    SELECT %(company_id)s::INT, paper.document_id, costed.stock_level_id, -costed.quantity, -costed.cost, costed.allocation_id
      FROM costed
      FULL JOIN paper ON paper.shipment_id = costed.shipment_id
     WHERE coalesce(costed.shipment_line_id, 0) > 0
     ORDER BY costed.shipment_line_id
), levels AS (
    UPDATE stock_level AS level
       SET on_hand = level.on_hand - out.quantity, allocated = level.allocated - out.quantity, cost_amount = level.cost_amount - out.cost
      FROM (SELECT stock_level_id, sum(quantity) AS quantity, sum(cost) AS cost FROM costed GROUP BY stock_level_id) AS out
     WHERE level.company_id = %(company_id)s::INT AND level.id = out.stock_level_id
), lines AS (
    UPDATE sales_order_line AS line
       SET shipped = line.shipped + out.quantity
      FROM (SELECT order_line_id, sum(quantity) AS quantity FROM goods GROUP BY order_line_id) AS out
     WHERE line.company_id = %(company_id)s::INT AND line.id = out.order_line_id
), packages AS (
    INSERT INTO package (company_id, shipment_id, sscc, weight_kg)
    SELECT %(company_id)s::INT, id, sscc, weight_kg
      FROM leaving
     ORDER BY id
)
INSERT INTO tracking_event (company_id, shipment_id, status, occurred_at, recorded_at)
SELECT %(company_id)s::INT, id, 'picked_up', %(at)s::TIMESTAMPTZ, %(at)s::TIMESTAMPTZ
  FROM leaving
 ORDER BY id
