-- Show the lines of a transfer.
-- In:    company_id integer, transfer_id bigint
-- Out:   position integer, product text, lot text (codes, null without lots), quantity numeric, received numeric, withdrawn numeric
--        (stock units); in order
-- Needs: nothing
SELECT
    line.position, product.code AS product, lot.code AS lot, trim_scale(line.quantity) AS quantity, trim_scale(line.received) AS received,
    trim_scale(line.withdrawn) AS withdrawn
  FROM stock_transfer_line AS line
 INNER JOIN product ON product.company_id = line.company_id AND product.id = line.product_id
  LEFT JOIN lot ON lot.company_id = line.company_id AND lot.id = line.lot_id
 WHERE line.company_id = %(company_id)s::INT AND line.transfer_id = %(transfer_id)s::BIGINT
 ORDER BY line.position
