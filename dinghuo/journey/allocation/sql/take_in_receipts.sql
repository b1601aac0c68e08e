-- Take goods in: one document, its moves, stock and its cost raised, supplies fulfilled, lots made where they are new.
-- In:    company_id int, at timestamptz, today date, actor_id int, number text, external_ref text, reason text, is_generated boolean,
--        warehouse_ids bigint[], product_ids bigint[], quantities numeric[], unit_costs numeric[], lot_codes text[],
--        expires_on date[], inbound_ids bigint[]
-- Out:   document_id bigint, lines bigint, quantity numeric, cost_amount numeric
-- Needs: the number series and the supplies locked by this transaction
WITH receipt AS MATERIALIZED (
    SELECT asked.place, asked.warehouse_id, asked.product_id, asked.quantity, asked.lot_code, asked.expires_on,
           asked.inbound_id, money_round(asked.quantity * asked.unit_cost, currency.minor_units, company.rounding) AS cost
      FROM unnest(%(warehouse_ids)s::BIGINT[], %(product_ids)s::BIGINT[], %(quantities)s::NUMERIC[],
                  %(unit_costs)s::NUMERIC[], %(lot_codes)s::TEXT[], %(expires_on)s::DATE[], %(inbound_ids)s::BIGINT[])
           WITH ORDINALITY
           AS asked (warehouse_id, product_id, quantity, unit_cost, lot_code, expires_on, inbound_id, place)
     CROSS JOIN company
      JOIN currency ON currency.code = company.currency
     WHERE company.id = %(company_id)s::INT
), document AS (
    INSERT INTO stock_document (company_id, kind, number, external_ref, reason, moved_on, recorded_at, recorded_by_id, is_generated)
    VALUES (%(company_id)s::INT, 'receipt', %(number)s::TEXT, %(external_ref)s::TEXT, %(reason)s::TEXT, %(today)s::DATE,
            %(at)s::TIMESTAMPTZ, %(actor_id)s::INT, %(is_generated)s::BOOLEAN)
    RETURNING id
), lots AS (
    -- DO UPDATE, so that a lot that is there already is returned as well; the expiry that is known stays.
    INSERT INTO lot (company_id, product_id, code, received_on, expires_on)
    SELECT DISTINCT ON (receipt.product_id, receipt.lot_code)
           %(company_id)s::INT, receipt.product_id, receipt.lot_code, %(today)s::DATE, receipt.expires_on
      FROM receipt CROSS JOIN document
     WHERE receipt.lot_code IS NOT NULL
     ORDER BY receipt.product_id, receipt.lot_code, receipt.expires_on IS NULL, receipt.place
    ON CONFLICT (company_id, product_id, code) DO UPDATE SET expires_on = coalesce(lot.expires_on, excluded.expires_on)
    RETURNING id, product_id, code
), placed AS MATERIALIZED (
    SELECT receipt.place, receipt.warehouse_id, receipt.product_id, receipt.quantity, receipt.cost, receipt.inbound_id,
           lots.id AS lot_id, document.id AS document_id
      FROM receipt
     CROSS JOIN document
      LEFT JOIN lots ON lots.product_id = receipt.product_id AND lots.code = receipt.lot_code
), levels AS (
    -- In the order of the locks: a new level and one that is there are both locked here.
    INSERT INTO stock_level (company_id, warehouse_id, product_id, lot_id, on_hand, cost_amount)
    SELECT %(company_id)s::INT, warehouse_id, product_id, lot_id, sum(quantity), sum(cost)
      FROM placed
     GROUP BY warehouse_id, product_id, lot_id
     ORDER BY warehouse_id, product_id, lot_id
    ON CONFLICT (company_id, product_id, warehouse_id, lot_id) DO UPDATE
       SET on_hand = stock_level.on_hand + excluded.on_hand, cost_amount = stock_level.cost_amount + excluded.cost_amount
    RETURNING id, warehouse_id, product_id, lot_id
), moves AS (
    INSERT INTO stock_move (company_id, document_id, stock_level_id, quantity, cost_amount, inbound_id)
    SELECT %(company_id)s::INT, placed.document_id, levels.id, placed.quantity, placed.cost, placed.inbound_id
      FROM placed
      JOIN levels ON levels.warehouse_id = placed.warehouse_id AND levels.product_id = placed.product_id
                 AND coalesce(levels.lot_id, 0) = coalesce(placed.lot_id, 0)
     ORDER BY placed.place
), fulfilled AS (
    UPDATE inbound_supply SET received = inbound_supply.received + came.quantity
      FROM (SELECT inbound_id, sum(quantity) AS quantity FROM placed WHERE inbound_id IS NOT NULL GROUP BY inbound_id) AS came
     WHERE inbound_supply.company_id = %(company_id)s::INT AND inbound_supply.id = came.inbound_id
)
SELECT document_id, count(place) AS lines, sum(quantity) AS quantity, sum(cost) AS cost_amount
  FROM placed
 GROUP BY document_id
