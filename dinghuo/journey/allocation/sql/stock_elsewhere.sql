-- Find free stock of short lines' products in active warehouses other than the order's own, most first.
-- In:    company_id int, shortage_ids bigint[], transit text (the code of the place where transfers lie)
-- Out:   shortage_id bigint, warehouse_id bigint, free numeric (stock units)
-- Needs: nothing
SELECT shortage.id AS shortage_id, stock.warehouse_id, sum(stock.on_hand - stock.allocated) AS free
  FROM shortage
 INNER JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.id = shortage.order_line_id
 INNER JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = line.order_id
 INNER JOIN stock_level AS stock ON stock.company_id = %(company_id)s::INT AND stock.product_id = line.product_id
 INNER JOIN warehouse ON warehouse.company_id = %(company_id)s::INT AND warehouse.id = stock.warehouse_id
 WHERE shortage.company_id = %(company_id)s::INT AND shortage.id = ANY(%(shortage_ids)s::BIGINT[])
   AND stock.warehouse_id <> sales_order.warehouse_id AND warehouse.code <> %(transit)s::TEXT
   AND stock.on_hand > stock.allocated
 GROUP BY shortage.id, stock.warehouse_id
 ORDER BY shortage.id, free DESC, stock.warehouse_id
