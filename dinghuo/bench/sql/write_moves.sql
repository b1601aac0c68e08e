-- Floor, dispatch: write what leaves each stock level, at its share of the level's cost.
-- In:    company_id int, order_ids bigint[]
-- Out:   nothing
-- Needs: the stock documents written
INSERT INTO stock_move (company_id, document_id, stock_level_id, quantity, cost_amount, allocation_id)
SELECT %(company_id)s::INT, document.id, level.id, -line.quantity,
       round(level.cost_amount * (sum(line.quantity) OVER by_level - line.quantity) / level.on_hand, 2)
       - round(level.cost_amount * sum(line.quantity) OVER by_level / level.on_hand, 2),
       allocation.id
  FROM shipment
  JOIN stock_document AS document
    ON document.company_id = %(company_id)s::INT AND document.kind = 'dispatch' AND document.number = shipment.number
  JOIN shipment_line AS line ON line.company_id = %(company_id)s::INT AND line.shipment_id = shipment.id
  JOIN allocation ON allocation.company_id = %(company_id)s::INT AND allocation.id = line.allocation_id
  JOIN stock_level AS level ON level.company_id = %(company_id)s::INT AND level.id = allocation.stock_level_id
 WHERE shipment.company_id = %(company_id)s::INT AND shipment.order_id = ANY(%(order_ids)s::BIGINT[])
WINDOW by_level AS (PARTITION BY level.id ORDER BY line.id)
