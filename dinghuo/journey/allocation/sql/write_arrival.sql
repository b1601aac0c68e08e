-- Take goods of a transfer out of transit into their warehouse: one document, its moves, the levels, the lines, what was expected.
-- In:    company_id int, at timestamptz, today date, actor_id int, number text, reason text, line_ids bigint[], quantities numeric[],
--        to_level_ids bigint[], transit_level_ids bigint[]
-- Out:   document_id bigint
-- Needs: the number series and the levels locked by this transaction; each transit level holds what is asked of it
WITH came AS MATERIALIZED (
    -- The cost of the first k units of a level is its share, rounded, as it is for goods that are sold.
    SELECT asked.place, asked.line_id, asked.quantity, asked.to_level_id, asked.transit_level_id, level.on_hand, level.cost_amount,
           currency.minor_units, company.rounding,
           sum(asked.quantity) OVER (PARTITION BY asked.transit_level_id ORDER BY asked.place) AS upto
      FROM unnest(%(line_ids)s::BIGINT[], %(quantities)s::NUMERIC[], %(to_level_ids)s::BIGINT[], %(transit_level_ids)s::BIGINT[])
           WITH ORDINALITY AS asked (line_id, quantity, to_level_id, transit_level_id, place)
      JOIN stock_level AS level ON level.company_id = %(company_id)s::INT AND level.id = asked.transit_level_id
     CROSS JOIN company
      JOIN currency ON currency.code = company.currency
     WHERE company.id = %(company_id)s::INT
), costed AS MATERIALIZED (
    SELECT place, line_id, quantity, to_level_id, transit_level_id,
           money_round(cost_amount * upto / on_hand, minor_units, rounding)
           - money_round(cost_amount * (upto - quantity) / on_hand, minor_units, rounding) AS cost
      FROM came
), document AS (
    INSERT INTO stock_document (company_id, kind, number, reason, moved_on, recorded_at, recorded_by_id)
    VALUES (%(company_id)s::INT, 'transfer', %(number)s::TEXT, %(reason)s::TEXT, %(today)s::DATE, %(at)s::TIMESTAMPTZ,
            %(actor_id)s::INT)
    RETURNING id
), move AS MATERIALIZED (
    SELECT place, 1 AS side, transit_level_id AS stock_level_id, -quantity AS quantity, -cost AS cost_amount FROM costed
     UNION ALL
    SELECT place, 2, to_level_id, quantity, cost FROM costed
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
), lines AS (
    UPDATE stock_transfer_line AS line SET received = line.received + costed.quantity
      FROM costed
     WHERE line.company_id = %(company_id)s::INT AND line.id = costed.line_id
), fulfilled AS (
    UPDATE inbound_supply SET received = inbound_supply.received + costed.quantity
      FROM costed
     WHERE inbound_supply.company_id = %(company_id)s::INT AND inbound_supply.transfer_line_id = costed.line_id
)
SELECT id AS document_id FROM document
