-- Find transfers of which more is on its way, by their lines, than was sent and has not arrived, by what is expected of them.
-- In:    company_id int
-- Out:   row_id bigint (stock_transfer), document text, expected text, found text, detail text; at most 100 rows
-- Needs: nothing
SELECT transfer.id AS row_id, transfer.number || ' / ' || line.position AS document,
       trim_scale(line.quantity - line.received - line.withdrawn) || ' on its way' AS expected,
       trim_scale(coalesce(supply.quantity - supply.received, 0)) || ' expected' AS found, transfer.state AS detail
  FROM stock_transfer AS transfer
  JOIN stock_transfer_line AS line ON line.company_id = %(company_id)s::INT AND line.transfer_id = transfer.id
  LEFT JOIN inbound_supply AS supply ON supply.company_id = %(company_id)s::INT AND supply.transfer_line_id = line.id
 WHERE transfer.company_id = %(company_id)s::INT
   AND (line.quantity - line.received - line.withdrawn <> coalesce(supply.quantity - supply.received, 0)
        OR transfer.state = 'arrived' AND line.received < line.quantity
        OR transfer.state IN ('closed', 'cancelled') AND line.received + line.withdrawn < line.quantity)
 ORDER BY transfer.id, line.position
 LIMIT 100
