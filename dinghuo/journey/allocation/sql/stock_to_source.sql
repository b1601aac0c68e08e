-- Sum the free stock of some products in each active warehouse, by the company's order of warehouses.
-- In:    company_id int, product_ids bigint[]
-- Out:   warehouse text, product_id bigint, free numeric (stock units; never 0)
-- Needs: nothing
SELECT warehouse.code AS warehouse, stock.product_id, trim_scale(sum(stock.on_hand - stock.allocated)) AS free
  FROM stock_level AS stock
 INNER JOIN warehouse ON warehouse.company_id = %(company_id)s::INT AND warehouse.id = stock.warehouse_id AND warehouse.is_active
 WHERE stock.company_id = %(company_id)s::INT AND stock.product_id = ANY(%(product_ids)s::BIGINT[])
   AND stock.on_hand > stock.allocated
 GROUP BY warehouse.priority, warehouse.id, warehouse.code, stock.product_id
 ORDER BY warehouse.priority, warehouse.id, stock.product_id
