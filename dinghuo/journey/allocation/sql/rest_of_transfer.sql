-- Lock a transfer and what is expected of it, and show what of it is still on its way.
-- In:    company_id int, transfer_id bigint
-- Out:   position int, line_id bigint, inbound_id bigint, number text, state text, from_warehouse_id bigint, transit_id bigint,
--        product_id bigint, lot_id bigint, received numeric, missing numeric (still on its way), missing_of_others numeric (of other
--        transfers, of the same goods); one row per line, in order
-- Needs: the number series locked by this transaction
SELECT line.position, line.id AS line_id, supply.id AS inbound_id, transfer.number, transfer.state, transfer.from_warehouse_id,
       transit.id AS transit_id, line.product_id, line.lot_id, line.received,
       line.quantity - line.received - line.withdrawn AS missing,
       coalesce((SELECT sum(other.quantity - other.received - other.withdrawn)
                   FROM stock_transfer_line AS other
                  WHERE other.company_id = %(company_id)s::INT AND other.product_id = line.product_id
                    AND other.lot_id IS NOT DISTINCT FROM line.lot_id AND other.transfer_id <> transfer.id), 0) AS missing_of_others
  FROM stock_transfer AS transfer
  JOIN stock_transfer_line AS line ON line.company_id = %(company_id)s::INT AND line.transfer_id = transfer.id
  JOIN inbound_supply AS supply ON supply.company_id = %(company_id)s::INT AND supply.transfer_line_id = line.id
  JOIN warehouse AS transit ON transit.company_id = %(company_id)s::INT AND transit.code = 'TRANSIT'
 WHERE transfer.company_id = %(company_id)s::INT AND transfer.id = %(transfer_id)s::BIGINT
 ORDER BY line.position
   FOR NO KEY UPDATE OF transfer, supply
