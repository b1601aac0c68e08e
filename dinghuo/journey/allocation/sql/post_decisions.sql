-- Make lines have what a run decided: take back what they are to lose, give what they are to gain, and follow their shortages.
-- In:    company_id int, at timestamptz, run_id bigint (of the allocation run), decision_ids bigint[], first int, last int (which ranks,
--        from 0), takes boolean, gives boolean (which half of the work), reason_codes text[] (by number, from 0)
-- Out:   order_id bigint, lines bigint, units numeric (gained), lines_lost bigint, units_lost numeric, short numeric,
--        newly_short_line_ids bigint[], newly_short numeric[]; one row per order with a change
-- Needs: the orders and stock levels locked by this transaction, no decision overtaken
WITH decided AS MATERIALIZED (
    SELECT id, policy_run_id, scale, line_ids, wanted, given, reasons, place_lines, place_levels, place_units
      FROM policy_run_product
     WHERE company_id = %(company_id)s::INT AND id = ANY(%(decision_ids)s::BIGINT[])
), judged AS MATERIALIZED (
    SELECT row.line_id, row.wanted::NUMERIC / decided.scale AS wanted, row.given::NUMERIC / decided.scale AS given, row.reason,
           row.number AS rank, cardinality(decided.line_ids) AS lines, decided.policy_run_id, line.order_id, line.position,
           sales_order.state AS order_state
      FROM decided
     CROSS JOIN LATERAL unnest(decided.line_ids, decided.wanted, decided.given, decided.reasons) WITH ORDINALITY
           AS row (line_id, wanted, given, reason, number)
      JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.id = row.line_id
      JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = line.order_id
     WHERE row.number - 1 BETWEEN %(first)s::INT AND %(last)s::INT
), has AS MATERIALIZED (
    SELECT allocation.id, allocation.order_line_id AS line_id, allocation.stock_level_id AS level_id,
           allocation.quantity - allocation.given_back AS quantity,
           sum(allocation.quantity - allocation.given_back) OVER (
               PARTITION BY allocation.order_line_id, allocation.stock_level_id ORDER BY allocation.id DESC) AS upto
      FROM judged
      JOIN allocation ON allocation.company_id = %(company_id)s::INT AND allocation.order_line_id = judged.line_id
     WHERE allocation.given_back < allocation.quantity
       AND NOT EXISTS (
           SELECT FROM shipment_line
            WHERE shipment_line.company_id = %(company_id)s::INT AND shipment_line.allocation_id = allocation.id
              AND NOT shipment_line.is_cancelled)
), target AS MATERIALIZED (
    SELECT decided.line_ids[place.line_number + 1] AS line_id, place.level_id, place.units::NUMERIC / decided.scale AS quantity
      FROM decided
     CROSS JOIN LATERAL unnest(decided.place_lines, decided.place_levels, decided.place_units) AS place (line_number, level_id, units)
     WHERE place.line_number BETWEEN %(first)s::INT AND %(last)s::INT
), change AS MATERIALIZED (
    SELECT coalesce(target.line_id, held.line_id) AS line_id, coalesce(target.level_id, held.level_id) AS level_id,
           coalesce(target.quantity, 0) - coalesce(held.quantity, 0) AS quantity
      FROM target
      FULL JOIN (SELECT line_id, level_id, sum(quantity) AS quantity FROM has GROUP BY line_id, level_id) AS held
             ON held.line_id = target.line_id AND held.level_id = target.level_id
     WHERE coalesce(target.quantity, 0) <> coalesce(held.quantity, 0)
), made AS MATERIALIZED (
    SELECT line_id, level_id, quantity
      FROM change
     WHERE quantity < 0 AND %(takes)s::BOOLEAN OR quantity > 0 AND %(gives)s::BOOLEAN
), taken AS (
    -- The newest allocation of a level goes back first.
    UPDATE allocation
       SET given_back = allocation.given_back + least(has.quantity, -made.quantity - (has.upto - has.quantity))
      FROM made
      JOIN has ON has.line_id = made.line_id AND has.level_id = made.level_id
     WHERE allocation.company_id = %(company_id)s::INT AND allocation.id = has.id
       AND made.quantity < 0 AND has.upto - has.quantity < -made.quantity
), given AS (
    INSERT INTO allocation (company_id, run_id, order_line_id, stock_level_id, quantity, allocated_at)
    SELECT %(company_id)s::INT, %(run_id)s::BIGINT, line_id, level_id, quantity, %(at)s::TIMESTAMPTZ
      FROM made
     WHERE quantity > 0
     ORDER BY line_id, level_id
), per_line AS MATERIALIZED (
    SELECT line_id, sum(quantity) AS quantity FROM made GROUP BY line_id
), lines AS (
    UPDATE sales_order_line AS line SET allocated = line.allocated + per_line.quantity
      FROM per_line
     WHERE line.company_id = %(company_id)s::INT AND line.id = per_line.line_id AND per_line.quantity <> 0
), levels AS (
    UPDATE stock_level SET allocated = stock_level.allocated + moved.quantity
      FROM (SELECT level_id, sum(quantity) AS quantity FROM made GROUP BY level_id) AS moved
     WHERE stock_level.company_id = %(company_id)s::INT AND stock_level.id = moved.level_id AND moved.quantity <> 0
), result AS MATERIALIZED (
    SELECT judged.line_id, judged.order_id, judged.position, judged.rank, judged.lines, judged.policy_run_id, judged.reason,
           judged.wanted, judged.given, coalesce(per_line.quantity, 0) AS change, shortage.id AS shortage_id,
           shortage.quantity AS known_short,
           CASE WHEN judged.order_state = 'released' AND %(gives)s::BOOLEAN THEN greatest(judged.wanted - judged.given, 0)
                ELSE 0 END AS short
      FROM judged
      LEFT JOIN per_line ON per_line.line_id = judged.line_id
      LEFT JOIN shortage
        ON shortage.company_id = %(company_id)s::INT AND shortage.order_line_id = judged.line_id AND shortage.closed_at IS NULL
), decisions AS (
    INSERT INTO allocation_decision (company_id, run_id, order_line_id, wanted, given, reason, facts)
    SELECT %(company_id)s::INT, %(run_id)s::BIGINT, line_id, wanted, given, (%(reason_codes)s::TEXT[])[reason + 1],
           jsonb_build_object('policy_run', policy_run_id, 'rank', rank, 'lines', lines)
      FROM result
     WHERE short > 0 AND (change <> 0 OR known_short IS DISTINCT FROM short)
     ORDER BY line_id
), opened AS (
    INSERT INTO shortage (company_id, order_line_id, quantity, opened_at)
    SELECT %(company_id)s::INT, line_id, short, %(at)s::TIMESTAMPTZ
      FROM result
     WHERE short > 0 AND shortage_id IS NULL
     ORDER BY line_id
), followed AS (
    UPDATE shortage
       SET quantity = CASE WHEN result.short > 0 THEN result.short ELSE shortage.quantity END,
           closed_at = CASE WHEN result.short > 0 THEN NULL ELSE %(at)s::TIMESTAMPTZ END
      FROM result
     WHERE shortage.company_id = %(company_id)s::INT AND shortage.id = result.shortage_id AND %(gives)s::BOOLEAN
       AND result.known_short IS DISTINCT FROM result.short
)
SELECT order_id, count(*) FILTER (WHERE change > 0) AS lines, coalesce(sum(change) FILTER (WHERE change > 0), 0) AS units,
       count(*) FILTER (WHERE change < 0) AS lines_lost, coalesce(-sum(change) FILTER (WHERE change < 0), 0) AS units_lost,
       sum(short) AS short,
       coalesce(array_agg(line_id ORDER BY position) FILTER (WHERE short > 0 AND shortage_id IS NULL), '{}')
           AS newly_short_line_ids,
       coalesce(array_agg(short ORDER BY position) FILTER (WHERE short > 0 AND shortage_id IS NULL), '{}') AS newly_short
  FROM result
 WHERE change <> 0 OR short > 0 AND shortage_id IS NULL
 GROUP BY order_id
 ORDER BY order_id
