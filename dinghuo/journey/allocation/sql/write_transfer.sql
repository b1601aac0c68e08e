-- Send goods that were decided on: a transfer with its lines, one document, goods out of their levels and into transit, and what the
-- other warehouse may expect.
-- In:    company_id int, at timestamptz, today date, actor_id int, number text, from_id bigint, to_id bigint, transit_id bigint,
--        expected_on date, reason text, stock_level_ids bigint[], product_ids bigint[], lot_ids bigint[], quantities numeric[],
--        cost_amounts numeric[] (what leaves, not signed)
-- Out:   transfer_id bigint, document_id bigint
-- Needs: the levels, those in transit as well, locked by this transaction, the changes decided on what they hold
WITH line AS MATERIALIZED (
    SELECT asked.position, asked.stock_level_id, asked.product_id, asked.lot_id, asked.quantity, asked.cost_amount
      FROM unnest(%(stock_level_ids)s::BIGINT[], %(product_ids)s::BIGINT[], %(lot_ids)s::BIGINT[], %(quantities)s::NUMERIC[],
                  %(cost_amounts)s::NUMERIC[]) WITH ORDINALITY
           AS asked (stock_level_id, product_id, lot_id, quantity, cost_amount, position)
), transfer AS (
    INSERT INTO stock_transfer (company_id, number, from_warehouse_id, to_warehouse_id, reason, sent_on, expected_on, sent_at,
                                sent_by_id)
    VALUES (%(company_id)s::INT, %(number)s::TEXT, %(from_id)s::BIGINT, %(to_id)s::BIGINT, %(reason)s::TEXT, %(today)s::DATE,
            %(expected_on)s::DATE, %(at)s::TIMESTAMPTZ, %(actor_id)s::INT)
    RETURNING id
), transfer_lines AS (
    INSERT INTO stock_transfer_line (company_id, transfer_id, position, product_id, lot_id, quantity)
    SELECT %(company_id)s::INT, transfer.id, line.position, line.product_id, line.lot_id, line.quantity
      FROM line CROSS JOIN transfer
     ORDER BY line.position
    RETURNING id, position
), document AS (
    INSERT INTO stock_document (company_id, kind, number, reason, moved_on, recorded_at, recorded_by_id)
    VALUES (%(company_id)s::INT, 'transfer', %(number)s::TEXT, %(reason)s::TEXT, %(today)s::DATE, %(at)s::TIMESTAMPTZ,
            %(actor_id)s::INT)
    RETURNING id
), transit AS (
    SELECT line.position, level.id AS stock_level_id
      FROM line
      JOIN stock_level AS level ON level.company_id = %(company_id)s::INT AND level.warehouse_id = %(transit_id)s::BIGINT
                               AND level.product_id = line.product_id AND level.lot_id IS NOT DISTINCT FROM line.lot_id
), move AS MATERIALIZED (
    SELECT line.position, 1 AS side, line.stock_level_id, -line.quantity AS quantity, -line.cost_amount AS cost_amount FROM line
     UNION ALL
    SELECT line.position, 2, transit.stock_level_id, line.quantity, line.cost_amount
      FROM line
      JOIN transit ON transit.position = line.position
), moves AS (
    INSERT INTO stock_move (company_id, document_id, stock_level_id, quantity, cost_amount)
    SELECT %(company_id)s::INT, document.id, move.stock_level_id, move.quantity, move.cost_amount
      FROM move CROSS JOIN document
     ORDER BY move.position, move.side
), levels AS (
    UPDATE stock_level
       SET on_hand = stock_level.on_hand + moved.quantity, cost_amount = stock_level.cost_amount + moved.cost_amount
      FROM (SELECT stock_level_id, sum(quantity) AS quantity, sum(cost_amount) AS cost_amount FROM move GROUP BY stock_level_id) AS moved
     WHERE stock_level.company_id = %(company_id)s::INT AND stock_level.id = moved.stock_level_id
), expected AS (
    INSERT INTO inbound_supply (company_id, warehouse_id, product_id, reference, quantity, unit_cost, expected_on, transfer_line_id)
    SELECT %(company_id)s::INT, %(to_id)s::BIGINT, line.product_id, %(number)s::TEXT, line.quantity,
           round(line.cost_amount / line.quantity, 6), %(expected_on)s::DATE, transfer_lines.id
      FROM line
      JOIN transfer_lines ON transfer_lines.position = line.position
     ORDER BY line.position
)
SELECT transfer.id AS transfer_id, document.id AS document_id FROM transfer CROSS JOIN document
