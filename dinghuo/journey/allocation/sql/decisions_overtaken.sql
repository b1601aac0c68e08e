-- Find decisions that can no longer be posted: a line has other units than when it was decided, or wants less, or a level has too little.
-- In:    company_id int, decision_ids bigint[], first int, last int (which ranks, from 0), takes boolean, gives boolean (which half)
-- Out:   id bigint, product_id bigint; the decisions to leave out
-- Needs: the orders and stock levels locked by this transaction
WITH decided AS MATERIALIZED (
    SELECT id, product_id, scale, line_ids, wanted, had, given, place_lines, place_levels, place_units
      FROM policy_run_product
     WHERE company_id = %(company_id)s::INT AND id = ANY(%(decision_ids)s::BIGINT[])
), judged AS MATERIALIZED (
    SELECT decided.id, row.line_id, row.wanted::NUMERIC / decided.scale AS wanted, row.had::NUMERIC / decided.scale AS had,
           row.given::NUMERIC / decided.scale AS given
      FROM decided
     CROSS JOIN LATERAL unnest(decided.line_ids, decided.wanted, decided.had, decided.given) WITH ORDINALITY
           AS row (line_id, wanted, had, given, number)
     WHERE row.number - 1 BETWEEN %(first)s::INT AND %(last)s::INT
), held AS MATERIALIZED (
    SELECT judged.id, allocation.order_line_id AS line_id, allocation.stock_level_id AS level_id,
           sum(allocation.quantity - allocation.given_back) AS quantity
      FROM judged
      JOIN allocation ON allocation.company_id = %(company_id)s::INT AND allocation.order_line_id = judged.line_id
     WHERE allocation.given_back < allocation.quantity
       AND NOT EXISTS (
           SELECT FROM shipment_line
            WHERE shipment_line.company_id = %(company_id)s::INT AND shipment_line.allocation_id = allocation.id
              AND NOT shipment_line.is_cancelled)
     GROUP BY judged.id, allocation.order_line_id, allocation.stock_level_id
), moved AS (
    SELECT judged.id
      FROM judged
      JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.id = judged.line_id
      JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = line.order_id
      LEFT JOIN (SELECT line_id, sum(quantity) AS quantity FROM held GROUP BY line_id) AS has ON has.line_id = judged.line_id
     WHERE %(takes)s::BOOLEAN AND coalesce(has.quantity, 0) <> judged.had
        OR judged.given - coalesce(has.quantity, 0) > line.ordered - line.allocated
        OR judged.given > judged.had AND (sales_order.state <> 'released' OR EXISTS (
               SELECT FROM hold
                WHERE hold.company_id = %(company_id)s::INT AND hold.order_line_id = line.id AND hold.lifted_at IS NULL))
), wanted AS (
    SELECT decided.id, place.level_id, sum(place.units::NUMERIC / decided.scale) AS quantity
      FROM decided
     CROSS JOIN LATERAL unnest(decided.place_lines, decided.place_levels, decided.place_units) AS place (line_number, level_id, units)
     WHERE %(gives)s::BOOLEAN AND place.line_number BETWEEN %(first)s::INT AND %(last)s::INT
     GROUP BY decided.id, place.level_id
), scarce AS (
    SELECT wanted.id
      FROM wanted
      JOIN stock_level AS stock ON stock.company_id = %(company_id)s::INT AND stock.id = wanted.level_id
      LEFT JOIN (SELECT level_id, sum(quantity) AS quantity FROM held GROUP BY level_id) AS has ON has.level_id = wanted.level_id
     WHERE wanted.quantity - coalesce(has.quantity, 0) > stock.on_hand - stock.allocated
)
SELECT decided.id, decided.product_id
  FROM decided
 WHERE decided.id IN (SELECT id FROM moved UNION ALL SELECT id FROM scarce)
 ORDER BY decided.id
