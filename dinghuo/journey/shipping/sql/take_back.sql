-- Write the lines of returns, count them on the shipments they belong to, and take the goods into stock at what they cost.
-- In:    company_id int, at timestamptz, today date, actor_id int; return_ids, positions, warehouse_ids, shipment_line_ids, product_ids, lot_ids,
--        quantities, prices, rates, unit_costs, restocks, source_rows: arrays, one element a line
-- Out:   nothing
-- Needs: the returns written and the shipment lines locked by this transaction
WITH came AS MATERIALIZED (
    SELECT line.return_id, line.position, line.warehouse_id, line.shipment_line_id, line.product_id, line.lot_id, line.quantity,
           line.price, line.rate, line.restock, line.source_row,
           CASE WHEN line.restock
                THEN money_round(line.quantity * line.unit_cost, currency.minor_units, company.rounding) ELSE 0 END AS cost
      FROM unnest(%(return_ids)s::BIGINT[], %(positions)s::INT[], %(warehouse_ids)s::BIGINT[], %(shipment_line_ids)s::BIGINT[],
                  %(product_ids)s::BIGINT[], %(lot_ids)s::BIGINT[], %(quantities)s::NUMERIC[], %(prices)s::NUMERIC[],
                  %(rates)s::NUMERIC[], %(unit_costs)s::NUMERIC[], %(restocks)s::BOOLEAN[], %(source_rows)s::INT[])
           AS line (return_id, position, warehouse_id, shipment_line_id, product_id, lot_id, quantity, price, rate, unit_cost, restock,
                    source_row)
     CROSS JOIN company
      JOIN currency ON currency.code = company.currency
     WHERE company.id = %(company_id)s::INT
), lines AS (
    INSERT INTO customer_return_line (company_id, customer_return_id, position, shipment_line_id, product_id, quantity, unit_price,
                                      tax_rate, restocked, cost_amount, source_row)
    SELECT %(company_id)s::INT, return_id, position, shipment_line_id, product_id, quantity, price, rate, restock, cost, source_row
      FROM came
     ORDER BY return_id, position
), counted AS (
    UPDATE shipment_line AS line
       SET returned = line.returned + back.quantity
      FROM (SELECT shipment_line_id, sum(quantity) AS quantity FROM came
             WHERE shipment_line_id IS NOT NULL GROUP BY shipment_line_id) AS back
     WHERE line.company_id = %(company_id)s::INT AND line.id = back.shipment_line_id
), levels AS (
    -- In the order of the locks: a new level and one that is there are both locked here.
    INSERT INTO stock_level (company_id, warehouse_id, product_id, lot_id, on_hand, cost_amount)
    SELECT %(company_id)s::INT, warehouse_id, product_id, lot_id, sum(quantity), sum(cost)
      FROM came
     WHERE restock
     GROUP BY warehouse_id, product_id, lot_id
     ORDER BY warehouse_id, product_id, lot_id
    ON CONFLICT (company_id, product_id, warehouse_id, lot_id) DO UPDATE
       SET on_hand = stock_level.on_hand + excluded.on_hand, cost_amount = stock_level.cost_amount + excluded.cost_amount
    RETURNING id, warehouse_id, product_id, lot_id
), document AS (
    INSERT INTO stock_document (company_id, kind, number, moved_on, recorded_at, recorded_by_id)
    SELECT %(company_id)s::INT, 'return', customer_return.number, %(today)s::DATE, %(at)s::TIMESTAMPTZ, %(actor_id)s::INT
      FROM customer_return
     WHERE customer_return.company_id = %(company_id)s::INT AND customer_return.id IN (SELECT return_id FROM came WHERE restock)
     ORDER BY customer_return.id
    RETURNING id, number
)
INSERT INTO stock_move (company_id, document_id, stock_level_id, quantity, cost_amount, allocation_id, source_row)
SELECT %(company_id)s::INT, document.id, levels.id, came.quantity, came.cost, line.allocation_id, came.source_row
  FROM came
  JOIN customer_return ON customer_return.company_id = %(company_id)s::INT AND customer_return.id = came.return_id
  JOIN document ON document.number = customer_return.number
  JOIN levels ON levels.warehouse_id = came.warehouse_id AND levels.product_id = came.product_id
             AND coalesce(levels.lot_id, 0) = coalesce(came.lot_id, 0)
  LEFT JOIN shipment_line AS line ON line.company_id = %(company_id)s::INT AND line.id = came.shipment_line_id
 WHERE came.restock
 ORDER BY came.return_id, came.position
