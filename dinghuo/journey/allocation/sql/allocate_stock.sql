-- Give free stock to waiting order lines, best rank first, own warehouse before others; write what was given and why not more.
-- In:    company_id int, at timestamptz, today date, policy text (JSON), order_ids bigint[], stock_level_ids bigint[] (what may be given)
-- Out:   order_id bigint, lines bigint (served), units numeric (given), short numeric (still waiting), newly_short_line_ids bigint[],
--        newly_short numeric[]; one row per order that was considered
-- Needs: the orders and the stock levels locked by this transaction
-- Method: each line and each level is an interval on its product's line of units; where two overlap, the overlap is given.
-- Sets made in this statement are joined by FULL JOIN and filtered by coalesce(): the planner can only guess how large they are, and a
-- full join is the one that it never makes a nested loop of.
WITH wanted AS MATERIALIZED (
    SELECT line.id AS line_id, line.order_id, line.product_id, sales_order.warehouse_id,
           line.ordered - line.allocated AS wanted, sales_order.priority, sales_order.ordered_on, line.position,
           (SELECT customer.customer_class FROM customer
             WHERE customer.company_id = %(company_id)s::INT AND customer.id = sales_order.customer_id) AS customer_class,
           (SELECT shortage.id FROM shortage
             WHERE shortage.company_id = %(company_id)s::INT AND shortage.order_line_id = line.id
               AND shortage.closed_at IS NULL) AS shortage_id,
           (SELECT shortage.quantity FROM shortage
             WHERE shortage.company_id = %(company_id)s::INT AND shortage.order_line_id = line.id
               AND shortage.closed_at IS NULL) AS known_short
      FROM sales_order
      JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.order_id = sales_order.id
     WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.id = ANY(%(order_ids)s::BIGINT[])
       AND line.allocated < line.ordered
       AND NOT EXISTS (
           SELECT FROM hold
            WHERE hold.company_id = %(company_id)s::INT AND hold.order_line_id = line.id AND hold.lifted_at IS NULL)
), supply AS MATERIALIZED (
    SELECT stock_level.id AS level_id, stock_level.product_id, stock_level.warehouse_id,
           stock_level.on_hand - stock_level.allocated AS free, warehouse.priority, lot.expires_on, lot.received_on
      FROM stock_level
      JOIN warehouse ON warehouse.company_id = %(company_id)s::INT AND warehouse.id = stock_level.warehouse_id
      LEFT JOIN lot ON lot.company_id = %(company_id)s::INT AND lot.id = stock_level.lot_id
     WHERE stock_level.company_id = %(company_id)s::INT AND stock_level.id = ANY(%(stock_level_ids)s::BIGINT[])
       AND warehouse.is_active AND (lot.expires_on IS NULL OR lot.expires_on >= %(today)s::DATE)
), demand AS MATERIALIZED (
    -- A line known to be short, of a product without free stock, has been decided before.
    SELECT wanted.line_id, wanted.order_id, wanted.product_id, wanted.warehouse_id, wanted.wanted, wanted.position,
           wanted.shortage_id, coalesce(stocked.free, 0) AS free,
           row_number() OVER (ORDER BY wanted.priority, wanted.customer_class, wanted.ordered_on, wanted.order_id,
                                       wanted.position) AS place
      FROM wanted
      FULL JOIN (SELECT product_id, sum(free) AS free FROM supply GROUP BY product_id) AS stocked
             ON stocked.product_id = wanted.product_id
     WHERE coalesce(wanted.line_id, 0) > 0
       AND (coalesce(stocked.free, 0) > 0 OR wanted.known_short IS DISTINCT FROM wanted.wanted)
), own_demand AS (
    SELECT line_id, product_id, warehouse_id, wanted,
           sum(wanted) OVER (PARTITION BY product_id, warehouse_id ORDER BY place) AS upto
      FROM demand
     WHERE free > 0
), own_supply AS (
    SELECT level_id, product_id, warehouse_id, free,
           sum(free) OVER (PARTITION BY product_id, warehouse_id ORDER BY expires_on, received_on, level_id) AS upto
      FROM supply
), own_given AS MATERIALIZED (
    SELECT own_demand.line_id, own_supply.level_id,
           least(own_demand.upto, own_supply.upto)
           - greatest(own_demand.upto - own_demand.wanted, own_supply.upto - own_supply.free) AS quantity
      FROM own_demand
      FULL JOIN own_supply
             ON own_supply.product_id = own_demand.product_id AND own_supply.warehouse_id = own_demand.warehouse_id
     WHERE coalesce(own_demand.upto - own_demand.wanted < own_supply.upto
                    AND own_supply.upto - own_supply.free < own_demand.upto, FALSE)
), other_demand AS (
    SELECT demand.line_id, demand.product_id, demand.wanted - coalesce(had.quantity, 0) AS wanted,
           sum(demand.wanted - coalesce(had.quantity, 0)) OVER (PARTITION BY demand.product_id ORDER BY demand.place) AS upto
      FROM demand
      FULL JOIN (SELECT line_id, sum(quantity) AS quantity FROM own_given GROUP BY line_id) AS had
             ON had.line_id = demand.line_id
     WHERE coalesce(demand.free, 0) > 0 AND coalesce(demand.wanted, 0) > coalesce(had.quantity, 0)
), other_supply AS (
    SELECT supply.level_id, supply.product_id, supply.free - coalesce(gone.quantity, 0) AS free,
           sum(supply.free - coalesce(gone.quantity, 0)) OVER (
               PARTITION BY supply.product_id
               ORDER BY supply.priority, supply.warehouse_id, supply.expires_on, supply.received_on, supply.level_id) AS upto
      FROM supply
      FULL JOIN (SELECT level_id, sum(quantity) AS quantity FROM own_given GROUP BY level_id) AS gone
             ON gone.level_id = supply.level_id
     WHERE coalesce(supply.free, 0) > coalesce(gone.quantity, 0)
), given AS MATERIALIZED (
    SELECT line_id, level_id, quantity FROM own_given
     UNION ALL
    SELECT other_demand.line_id, other_supply.level_id,
           least(other_demand.upto, other_supply.upto)
           - greatest(other_demand.upto - other_demand.wanted, other_supply.upto - other_supply.free)
      FROM other_demand
      FULL JOIN other_supply ON other_supply.product_id = other_demand.product_id
     WHERE coalesce(other_demand.upto - other_demand.wanted < other_supply.upto
                    AND other_supply.upto - other_supply.free < other_demand.upto, FALSE)
), result AS MATERIALIZED (
    SELECT demand.line_id, demand.order_id, demand.product_id, demand.position, demand.place, demand.wanted, demand.shortage_id,
           demand.free, coalesce(had.quantity, 0) AS given
      FROM demand
      FULL JOIN (SELECT line_id, sum(quantity) AS quantity FROM given GROUP BY line_id) AS had ON had.line_id = demand.line_id
), run AS (
    INSERT INTO allocation_run (company_id, ran_at, policy, inputs_hash, lines_considered, lines_served, lines_short)
    SELECT %(company_id)s::INT, %(at)s::TIMESTAMPTZ, %(policy)s::JSONB,
           sha256(convert_to(
               string_agg(result.line_id || ':' || result.wanted || ':' || result.place, ',' ORDER BY result.place)
               || '|' || coalesce((SELECT string_agg(level_id || ':' || free, ',' ORDER BY level_id) FROM supply), ''), 'UTF8')),
           count(result.line_id), count(*) FILTER (WHERE result.given > 0), count(*) FILTER (WHERE result.given < result.wanted)
      FROM result
    HAVING count(*) > 0
    RETURNING id
), allocations AS (
    INSERT INTO allocation (company_id, run_id, order_line_id, stock_level_id, quantity, allocated_at)
    SELECT %(company_id)s::INT, run.id, given.line_id, given.level_id, given.quantity, %(at)s::TIMESTAMPTZ
      FROM given CROSS JOIN run
     ORDER BY given.line_id, given.level_id
), lines AS (
    UPDATE sales_order_line AS line SET allocated = line.allocated + result.given
      FROM result
     WHERE line.company_id = %(company_id)s::INT AND line.id = result.line_id AND result.given > 0
), levels AS (
    UPDATE stock_level SET allocated = stock_level.allocated + gone.quantity
      FROM (SELECT level_id, sum(quantity) AS quantity FROM given GROUP BY level_id) AS gone
     WHERE stock_level.company_id = %(company_id)s::INT AND stock_level.id = gone.level_id
), decisions AS (
    INSERT INTO allocation_decision (company_id, run_id, order_line_id, wanted, given, reason, facts)
    SELECT %(company_id)s::INT, run.id, result.line_id, result.wanted, result.given,
           CASE WHEN result.free > result.given THEN 'others_first' ELSE 'no_stock' END,
           jsonb_build_object('free', trim_scale(result.free)::TEXT, 'others', trim_scale(result.free - result.given)::TEXT)
      FROM result CROSS JOIN run
     WHERE result.given < result.wanted
), opened AS (
    INSERT INTO shortage (company_id, order_line_id, quantity, opened_at)
    SELECT %(company_id)s::INT, line_id, wanted - given, %(at)s::TIMESTAMPTZ
      FROM result
     WHERE given < wanted AND shortage_id IS NULL
), followed AS (
    UPDATE shortage
       SET quantity = CASE WHEN result.given < result.wanted THEN result.wanted - result.given ELSE shortage.quantity END,
           closed_at = CASE WHEN result.given < result.wanted THEN NULL ELSE %(at)s::TIMESTAMPTZ END
      FROM result
     WHERE shortage.company_id = %(company_id)s::INT AND shortage.id = result.shortage_id
)
SELECT order_id, count(*) FILTER (WHERE given > 0) AS lines, sum(given) AS units, sum(wanted - given) AS short,
       coalesce(array_agg(line_id ORDER BY position) FILTER (WHERE given < wanted AND shortage_id IS NULL), '{}')
           AS newly_short_line_ids,
       coalesce(array_agg(wanted - given ORDER BY position) FILTER (WHERE given < wanted AND shortage_id IS NULL), '{}')
           AS newly_short
  FROM result
 GROUP BY order_id
 ORDER BY order_id
