-- Say what a line is and has: its order, product, counters and what it has from where.
-- In:    company_id int, line_id bigint
-- Out:   line_id bigint, order_id bigint, order_number text, position int, product text (code), unit text, ordered numeric,
--        allocated numeric, shipped numeric, wanted numeric (when it was last decided, null where it never was short), given numeric,
--        reason text, facts jsonb, decided_at timestamptz, run_id bigint (of the last allocation run), policy jsonb, places jsonb
-- Needs: nothing
SELECT line.id AS line_id, line.order_id, sales_order.number AS order_number, line.position, product.code AS product,
       product.unit, trim_scale(line.ordered) AS ordered, trim_scale(line.allocated) AS allocated,
       trim_scale(line.shipped) AS shipped, trim_scale(decided.wanted) AS wanted, trim_scale(decided.given) AS given,
       decided.reason, decided.facts, coalesce(decided.ran_at, had.ran_at) AS decided_at,
       coalesce(decided.run_id, had.run_id) AS run_id, coalesce(decided.policy, had.policy) AS policy,
       coalesce(placed.places, '[]') AS places
  FROM sales_order_line AS line
  JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = line.order_id
  JOIN product ON product.company_id = %(company_id)s::INT AND product.id = line.product_id
  LEFT JOIN LATERAL (
       SELECT decision.wanted, decision.given, decision.reason, decision.facts, decision.run_id, run.ran_at, run.policy
         FROM allocation_decision AS decision
         JOIN allocation_run AS run ON run.company_id = %(company_id)s::INT AND run.id = decision.run_id
        WHERE decision.company_id = %(company_id)s::INT AND decision.order_line_id = line.id
        ORDER BY decision.id DESC
        LIMIT 1) AS decided ON TRUE
  LEFT JOIN LATERAL (
       SELECT allocation.run_id, run.ran_at, run.policy
         FROM allocation
         JOIN allocation_run AS run ON run.company_id = %(company_id)s::INT AND run.id = allocation.run_id
        WHERE allocation.company_id = %(company_id)s::INT AND allocation.order_line_id = line.id
        ORDER BY allocation.id DESC
        LIMIT 1) AS had ON TRUE
  LEFT JOIN LATERAL (
       SELECT jsonb_agg(jsonb_build_object('warehouse', warehouse.code, 'lot', lot.code, 'expires_on', lot.expires_on,
                                           'units', trim_scale(held.units)::TEXT, 'is_own', warehouse.id = sales_order.warehouse_id)
                        ORDER BY warehouse.priority, warehouse.id, held.stock_level_id) AS places
         FROM (SELECT stock_level_id, sum(quantity - given_back) AS units
                 FROM allocation
                WHERE company_id = %(company_id)s::INT AND order_line_id = line.id AND given_back < quantity
                GROUP BY stock_level_id) AS held
         JOIN stock_level ON stock_level.company_id = %(company_id)s::INT AND stock_level.id = held.stock_level_id
         JOIN warehouse ON warehouse.company_id = %(company_id)s::INT AND warehouse.id = stock_level.warehouse_id
         LEFT JOIN lot ON lot.company_id = %(company_id)s::INT AND lot.id = stock_level.lot_id) AS placed ON TRUE
 WHERE line.company_id = %(company_id)s::INT AND line.id = %(line_id)s::BIGINT
