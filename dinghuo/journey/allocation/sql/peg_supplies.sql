-- Let waiting lines of some products count on what is expected: the best rank on what comes first.
-- In:    company_id int, product_ids bigint[]
-- Out:   line_id bigint, pegged numeric, wanted numeric (stock units), latest_on date (null when it counts on nothing); one row per waiting
--        line, by line
-- Needs: the products locked for promises by this transaction
-- Method: lines and supplies are intervals on their product's line of units; where two overlap, the line counts on the supply. Sets made
-- here are joined by FULL JOIN: the planner can only guess how large they are, and joins them row by row otherwise.
WITH wanted AS MATERIALIZED (
    SELECT line.id AS line_id, line.product_id, line.ordered - line.allocated AS units,
           sum(line.ordered - line.allocated) OVER (
               PARTITION BY line.product_id
               ORDER BY sales_order.priority, customer.customer_class, sales_order.ordered_on, sales_order.id, line.position) AS upto
      FROM shortage
      JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.id = shortage.order_line_id
                                   AND line.product_id = ANY(%(product_ids)s::BIGINT[]) AND line.allocated < line.ordered
      JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = line.order_id
                      AND sales_order.state = 'released'
      JOIN customer ON customer.company_id = %(company_id)s::INT AND customer.id = sales_order.customer_id
     WHERE shortage.company_id = %(company_id)s::INT AND shortage.closed_at IS NULL
), supply AS MATERIALIZED (
    SELECT id AS inbound_id, product_id, quantity - received AS units, expected_on,
           sum(quantity - received) OVER (PARTITION BY product_id ORDER BY expected_on, id) AS upto
      FROM inbound_supply
     WHERE company_id = %(company_id)s::INT AND product_id = ANY(%(product_ids)s::BIGINT[]) AND received < quantity
), peg AS MATERIALIZED (
    SELECT wanted.line_id, wanted.product_id, supply.inbound_id, supply.expected_on,
           least(wanted.upto, supply.upto) - greatest(wanted.upto - wanted.units, supply.upto - supply.units) AS quantity
      FROM wanted
      FULL JOIN supply ON supply.product_id = wanted.product_id
     WHERE coalesce(wanted.upto - wanted.units < supply.upto AND supply.upto - supply.units < wanted.upto, FALSE)
), pegged_before AS (
    SELECT id, order_line_id, inbound_id
      FROM supply_peg
     WHERE company_id = %(company_id)s::INT AND product_id = ANY(%(product_ids)s::BIGINT[])
), gone AS (
    DELETE FROM supply_peg AS old
     USING (SELECT pegged_before.id
              FROM pegged_before
              FULL JOIN peg ON peg.line_id = pegged_before.order_line_id AND peg.inbound_id = pegged_before.inbound_id
             WHERE coalesce(peg.line_id, 0) = 0) AS stale
     WHERE old.company_id = %(company_id)s::INT AND old.id = stale.id
), kept AS (
    INSERT INTO supply_peg AS old (company_id, order_line_id, inbound_id, product_id, quantity)
    SELECT %(company_id)s::INT, line_id, inbound_id, product_id, quantity
      FROM peg
     ORDER BY line_id, inbound_id
    ON CONFLICT (company_id, order_line_id, inbound_id) DO UPDATE SET quantity = excluded.quantity
     WHERE old.quantity <> excluded.quantity
)
SELECT wanted.line_id, coalesce(counted_on.quantity, 0) AS pegged, wanted.units AS wanted, counted_on.latest_on
  FROM wanted
  FULL JOIN (SELECT line_id, sum(quantity) AS quantity, max(expected_on) AS latest_on FROM peg GROUP BY line_id) AS counted_on
         ON counted_on.line_id = wanted.line_id
 ORDER BY wanted.line_id
