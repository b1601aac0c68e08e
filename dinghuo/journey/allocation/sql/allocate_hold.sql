-- Turn what a hold keeps into a line's allocations, earliest expiry first, and free the rest.
-- In:    company_id int, at timestamptz, policy text (JSON), stock_hold_id bigint, order_line_id bigint, given numeric (stock units)
-- Out:   units numeric, short numeric (what the line still waits for)
-- Needs: the order, the levels and the hold locked by this transaction; the hold open, the line wanting that much
WITH part AS MATERIALIZED (
    SELECT part.stock_level_id, part.quantity,
           sum(part.quantity) OVER (ORDER BY lot.expires_on, lot.received_on, level.id) AS upto
      FROM stock_hold_part AS part
      JOIN stock_level AS level ON level.company_id = %(company_id)s::INT AND level.id = part.stock_level_id
      LEFT JOIN lot ON lot.company_id = %(company_id)s::INT AND lot.id = level.lot_id
     WHERE part.company_id = %(company_id)s::INT AND part.stock_hold_id = %(stock_hold_id)s::BIGINT
), used AS MATERIALIZED (
    SELECT stock_level_id, quantity, greatest(least(upto, %(given)s::NUMERIC) - (upto - quantity), 0) AS given FROM part
), run AS (
    INSERT INTO allocation_run (company_id, ran_at, policy, inputs_hash, lines_considered, lines_served, lines_short)
    SELECT %(company_id)s::INT, %(at)s::TIMESTAMPTZ, %(policy)s::JSONB,
           sha256(convert_to(%(stock_hold_id)s::BIGINT || ':' || %(order_line_id)s::BIGINT || ':' || %(given)s::NUMERIC, 'UTF8')),
           1, 1, CASE WHEN line.ordered - line.allocated > %(given)s::NUMERIC THEN 1 ELSE 0 END
      FROM sales_order_line AS line
     WHERE line.company_id = %(company_id)s::INT AND line.id = %(order_line_id)s::BIGINT
    RETURNING id
), allocations AS (
    INSERT INTO allocation (company_id, run_id, order_line_id, stock_level_id, quantity, allocated_at)
    SELECT %(company_id)s::INT, run.id, %(order_line_id)s::BIGINT, used.stock_level_id, used.given, %(at)s::TIMESTAMPTZ
      FROM used CROSS JOIN run
     WHERE used.given > 0
     ORDER BY used.stock_level_id
), levels AS (
    -- What the line gets was counted as allocated before; only what it does not take comes free.
    UPDATE stock_level SET allocated = stock_level.allocated - (used.quantity - used.given)
      FROM used
     WHERE stock_level.company_id = %(company_id)s::INT AND stock_level.id = used.stock_level_id AND used.given < used.quantity
), followed AS (
    UPDATE shortage
       SET quantity = CASE WHEN line.ordered - line.allocated > %(given)s::NUMERIC
                           THEN line.ordered - line.allocated - %(given)s::NUMERIC ELSE shortage.quantity END,
           closed_at = CASE WHEN line.ordered - line.allocated > %(given)s::NUMERIC THEN NULL ELSE %(at)s::TIMESTAMPTZ END
      FROM sales_order_line AS line
     WHERE line.company_id = %(company_id)s::INT AND line.id = %(order_line_id)s::BIGINT
       AND shortage.company_id = %(company_id)s::INT AND shortage.order_line_id = line.id AND shortage.closed_at IS NULL
)
UPDATE sales_order_line AS line SET allocated = line.allocated + %(given)s::NUMERIC
 WHERE line.company_id = %(company_id)s::INT AND line.id = %(order_line_id)s::BIGINT
RETURNING %(given)s::NUMERIC AS units, line.ordered - line.allocated AS short
