-- Floor, dispatch: lower the stock levels by what has left.
-- In:    company_id int, order_ids bigint[]
-- Out:   nothing
-- Needs: the moves written
UPDATE stock_level
   SET on_hand = stock_level.on_hand + gone.quantity, allocated = stock_level.allocated + gone.quantity,
       cost_amount = stock_level.cost_amount + gone.cost_amount
  FROM (SELECT move.stock_level_id, sum(move.quantity) AS quantity, sum(move.cost_amount) AS cost_amount
          FROM shipment
          JOIN stock_document AS document
            ON document.company_id = %(company_id)s::INT AND document.kind = 'dispatch' AND document.number = shipment.number
          JOIN stock_move AS move ON move.company_id = %(company_id)s::INT AND move.document_id = document.id
         WHERE shipment.company_id = %(company_id)s::INT AND shipment.order_id = ANY(%(order_ids)s::BIGINT[])
         GROUP BY move.stock_level_id) AS gone
 WHERE stock_level.company_id = %(company_id)s::INT AND stock_level.id = gone.stock_level_id
