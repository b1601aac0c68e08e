-- End what is still on its way of a transfer: goods out of transit, back into their levels or written off, on one document; nothing more of
-- them is expected.
-- In:    company_id int, at timestamptz, today date, actor_id int, kind text (transfer, adjustment), number text, reason text,
--        line_ids bigint[] (all that were on their way), transit_level_ids bigint[], back_level_ids bigint[] (null: written off),
--        quantities numeric[], cost_amounts numeric[] (what leaves, not signed; of lines of which nothing leaves both are 0)
-- Out:   document_id bigint; none when nothing leaves
-- Needs: the transfer, its supplies and the levels locked by this transaction, the changes decided on what they hold
WITH line AS MATERIALIZED (
    SELECT asked.place, asked.line_id, asked.transit_level_id, asked.back_level_id, asked.quantity, asked.cost_amount
      FROM unnest(%(line_ids)s::BIGINT[], %(transit_level_ids)s::BIGINT[], %(back_level_ids)s::BIGINT[], %(quantities)s::NUMERIC[],
                  %(cost_amounts)s::NUMERIC[]) WITH ORDINALITY
           AS asked (line_id, transit_level_id, back_level_id, quantity, cost_amount, place)
), document AS (
    INSERT INTO stock_document (company_id, kind, number, reason, moved_on, recorded_at, recorded_by_id)
    SELECT %(company_id)s::INT, %(kind)s::TEXT, %(number)s::TEXT, %(reason)s::TEXT, %(today)s::DATE, %(at)s::TIMESTAMPTZ,
           %(actor_id)s::INT
     WHERE EXISTS (SELECT FROM line WHERE line.quantity > 0)
    RETURNING id
), move AS MATERIALIZED (
    SELECT place, 1 AS side, transit_level_id AS stock_level_id, -quantity AS quantity, -cost_amount AS cost_amount
      FROM line
     WHERE quantity > 0
     UNION ALL
    SELECT place, 2, back_level_id, quantity, cost_amount
      FROM line
     WHERE quantity > 0 AND back_level_id IS NOT NULL
), moves AS (
    INSERT INTO stock_move (company_id, document_id, stock_level_id, quantity, cost_amount)
    SELECT %(company_id)s::INT, document.id, move.stock_level_id, move.quantity, move.cost_amount
      FROM move CROSS JOIN document
     ORDER BY move.place, move.side
), levels AS (
    UPDATE stock_level
       SET on_hand = stock_level.on_hand + moved.quantity, cost_amount = stock_level.cost_amount + moved.cost_amount
      FROM (SELECT stock_level_id, sum(quantity) AS quantity, sum(cost_amount) AS cost_amount FROM move GROUP BY stock_level_id) AS moved
     WHERE stock_level.company_id = %(company_id)s::INT AND stock_level.id = moved.stock_level_id
), ended AS (
    UPDATE stock_transfer_line AS ending SET withdrawn = ending.quantity - ending.received
      FROM line
     WHERE ending.company_id = %(company_id)s::INT AND ending.id = line.line_id
), expected AS (
    UPDATE inbound_supply SET quantity = inbound_supply.received
      FROM line
     WHERE inbound_supply.company_id = %(company_id)s::INT AND inbound_supply.transfer_line_id = line.line_id
)
SELECT id AS document_id FROM document
