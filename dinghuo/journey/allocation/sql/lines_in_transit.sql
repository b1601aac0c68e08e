-- Show what of a transfer is still on its way, and where it goes.
-- In:    company_id int, transfer_id bigint
-- Out:   position int, line_id bigint, number text, to_warehouse_id bigint, transit_id bigint, product_id bigint, lot_id bigint,
--        missing numeric (still on its way), count_number text (what counts the product at its destination); one row per line, in order
-- Needs: the number series locked by this transaction, when what is shown is to be written on
SELECT line.position, line.id AS line_id, transfer.number, transfer.to_warehouse_id, transit.id AS transit_id, line.product_id, line.lot_id,
       line.quantity - line.received - line.withdrawn AS missing,
       (SELECT min(stock_count.number)
          FROM stock_count
          JOIN stock_count_line AS counted ON counted.company_id = %(company_id)s::INT AND counted.count_id = stock_count.id
          JOIN stock_level AS level ON level.company_id = %(company_id)s::INT AND level.id = counted.stock_level_id
         WHERE stock_count.company_id = %(company_id)s::INT AND stock_count.state = 'open'
           AND level.warehouse_id = transfer.to_warehouse_id AND level.product_id = line.product_id) AS count_number
  FROM stock_transfer AS transfer
  JOIN stock_transfer_line AS line ON line.company_id = %(company_id)s::INT AND line.transfer_id = transfer.id
  JOIN warehouse AS transit ON transit.company_id = %(company_id)s::INT AND transit.code = 'TRANSIT'
 WHERE transfer.company_id = %(company_id)s::INT AND transfer.id = %(transfer_id)s::BIGINT
 ORDER BY line.position
