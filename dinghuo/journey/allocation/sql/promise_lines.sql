-- Say by which day goods will be there for order lines, so that no promise given before is broken; write it down where that is wanted.
-- In:    company_id int, at timestamptz, today date, line_ids bigint[], mode text (open: lines without a day; kept: not before the day they
--        have; fresh: as if they had none), is_kept boolean (write it down)
-- Out:   line_id bigint, order_id bigint, order_number text, position int, product_id bigint, product text (code), wanted numeric (not
--        allocated, stock units), needed_on date, promised_on date (null: no supply known fills it), available numeric (of what is wanted,
--        by the day needed), promised_before date, first_promised_on date; one row per line, by order and position
-- Needs: the products locked for promises by this transaction, where it is written down
-- Method: for each product, what is there and what will come, less what others were promised, day by day. Lines are taken in the order of
-- their ids; each gets the first day from which on there is never less than it wants, and takes that much from all days after.
WITH RECURSIVE asked AS MATERIALIZED (
    SELECT line.id AS line_id, line.order_id, sales_order.number AS order_number, line.position, line.product_id,
           line.ordered - line.allocated AS wanted, promise.id AS promise_id, promise.promised_on AS promised_before,
           promise.first_promised_on,
           greatest(sales_order.requested_on, %(today)s::DATE,
                    CASE WHEN %(mode)s::TEXT = 'kept' THEN promise.promised_on END) AS needed_on,
           row_number() OVER (PARTITION BY line.product_id ORDER BY line.id) AS nth
      FROM sales_order_line AS line
      JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = line.order_id
      LEFT JOIN line_promise AS promise ON promise.company_id = %(company_id)s::INT AND promise.order_line_id = line.id AND promise.is_open
     WHERE line.company_id = %(company_id)s::INT AND line.id = ANY(%(line_ids)s::BIGINT[])
       AND (%(mode)s::TEXT <> 'open' OR promise.promised_on IS NULL
            OR EXISTS (SELECT FROM order_amendment AS amendment
                        WHERE amendment.company_id = %(company_id)s::INT AND amendment.order_id = line.order_id
                          AND amendment.amended_at > promise.made_at))
), product_asked AS MATERIALIZED (
    SELECT DISTINCT product_id FROM asked
), there AS (
    SELECT level.product_id, level.warehouse_id, sum(level.on_hand - level.allocated) AS free
      FROM product_asked
      JOIN stock_level AS level ON level.company_id = %(company_id)s::INT AND level.product_id = product_asked.product_id
      JOIN warehouse ON warehouse.company_id = %(company_id)s::INT AND warehouse.id = level.warehouse_id AND warehouse.is_active
      LEFT JOIN lot ON lot.company_id = %(company_id)s::INT AND lot.id = level.lot_id
     WHERE lot.expires_on IS NULL OR lot.expires_on >= %(today)s::DATE
     GROUP BY level.product_id, level.warehouse_id
), change AS (
    SELECT there.product_id, %(today)s::DATE AS day, greatest(there.free - coalesce(setting.safety_quantity, 0), 0) AS units
      FROM there
      LEFT JOIN stock_setting AS setting
             ON setting.company_id = %(company_id)s::INT AND setting.product_id = there.product_id
            AND setting.warehouse_id = there.warehouse_id
     UNION ALL
    SELECT supply.product_id, greatest(supply.expected_on, %(today)s::DATE), supply.quantity - supply.received
      FROM product_asked
      JOIN inbound_supply AS supply ON supply.company_id = %(company_id)s::INT AND supply.product_id = product_asked.product_id
                                   AND supply.received < supply.quantity
     UNION ALL
    -- A line that was promised no day takes what comes first, as allocation would give it.
    SELECT promise.product_id, greatest(promise.promised_on, %(today)s::DATE), line.allocated - line.ordered
      FROM product_asked
      JOIN line_promise AS promise ON promise.company_id = %(company_id)s::INT AND promise.product_id = product_asked.product_id
                                  AND promise.is_open
      JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.id = promise.order_line_id
                                   AND line.allocated < line.ordered
      JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = line.order_id
                      AND sales_order.state IN ('submitted', 'held', 'released')
     UNION ALL
    -- What the lines asked about have themselves is theirs to have again.
    SELECT product_id, greatest(promised_before, %(today)s::DATE), wanted FROM asked WHERE promise_id IS NOT NULL
     UNION ALL
    SELECT product_id, %(today)s::DATE, 0 FROM product_asked
     UNION ALL
    SELECT product_id, needed_on, 0 FROM asked
), timeline AS (
    SELECT product_id, day, sum(sum(units)) OVER (PARTITION BY product_id ORDER BY day) AS units
      FROM change
     GROUP BY product_id, day
), queue AS (
    SELECT product_id, array_agg(line_id ORDER BY nth) AS line_ids, array_agg(wanted ORDER BY nth) AS wanted,
           array_agg(needed_on ORDER BY nth) AS needed_on
      FROM asked
     GROUP BY product_id
), walk AS (
    -- A product's queue goes along in arrays: joined at each step, the set of lines would be searched once for each product.
    SELECT timeline.product_id, 0 AS nth, array_agg(timeline.day ORDER BY timeline.day) AS days,
           array_agg(timeline.units ORDER BY timeline.day) AS units, queue.line_ids, queue.wanted, queue.needed_on,
           NULL::DATE AS promised_on, NULL::NUMERIC AS available
      FROM timeline
      JOIN queue ON queue.product_id = timeline.product_id
     GROUP BY timeline.product_id, queue.line_ids, queue.wanted, queue.needed_on
     UNION ALL
    SELECT walk.product_id, walk.nth + 1, walk.days, answer.units, walk.line_ids, walk.wanted, walk.needed_on, answer.promised_on,
           answer.available
      FROM walk
     CROSS JOIN LATERAL (SELECT walk.wanted[walk.nth + 1] AS wanted, walk.needed_on[walk.nth + 1] AS needed_on) AS line
     CROSS JOIN LATERAL (
           SELECT min(found.first_day) AS promised_on,
                  array_agg(found.units - CASE WHEN found.day >= coalesce(found.first_day, %(today)s::DATE) THEN line.wanted ELSE 0 END
                            ORDER BY found.day) AS units,
                  min(found.available) AS available
             FROM (SELECT point.day, point.units,
                          min(point.day) FILTER (WHERE point.day >= line.needed_on AND point.promisable >= line.wanted) OVER ()
                              AS first_day,
                          min(point.promisable) FILTER (WHERE point.day = line.needed_on) OVER () AS available
                     FROM (SELECT given.day, given.units, min(given.units) OVER (ORDER BY given.day DESC) AS promisable
                             FROM unnest(walk.days, walk.units) AS given (day, units)) AS point) AS found
          ) AS answer
     WHERE walk.nth < cardinality(walk.line_ids)
), decided AS MATERIALIZED (
    SELECT asked.line_id, asked.order_id, asked.order_number, asked.position, asked.product_id, asked.wanted, asked.needed_on,
           walk.promised_on, greatest(least(walk.available, asked.wanted), 0) AS available, asked.promised_before,
           asked.first_promised_on
      FROM walk
      FULL JOIN asked ON asked.line_id = walk.line_ids[walk.nth]
     WHERE coalesce(walk.nth, 0) > 0
), kept AS (
    INSERT INTO line_promise AS promise (company_id, order_line_id, product_id, promised_on, first_promised_on, made_at)
    SELECT %(company_id)s::INT, line_id, product_id, promised_on, promised_on, %(at)s::TIMESTAMPTZ
      FROM decided
     WHERE %(is_kept)s::BOOLEAN
     ORDER BY line_id
    ON CONFLICT (company_id, order_line_id) DO UPDATE
       SET promised_on = excluded.promised_on, first_promised_on = coalesce(promise.first_promised_on, excluded.promised_on),
           is_open = TRUE, made_at = excluded.made_at
)
SELECT decided.line_id, decided.order_id, decided.order_number, decided.position, decided.product_id, product.code AS product,
       decided.wanted, decided.needed_on, decided.promised_on, decided.available, decided.promised_before, decided.first_promised_on
  FROM decided
  JOIN product ON product.company_id = %(company_id)s::INT AND product.id = decided.product_id
 ORDER BY decided.order_id, decided.position
