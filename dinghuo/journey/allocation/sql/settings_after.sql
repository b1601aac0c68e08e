-- List how warehouses keep products, by id, after an id.
-- In:    company_id integer, after bigint, count integer, warehouse text and product text (codes, null for all)
-- Out:   id bigint, warehouse text, product text (codes), safety_quantity numeric (stock units), zone text; at most count rows
-- Needs: nothing
SELECT
    setting.id, warehouse.code AS warehouse, product.code AS product, trim_scale(setting.safety_quantity) AS safety_quantity, setting.zone
  FROM stock_setting AS setting
 INNER JOIN warehouse ON warehouse.company_id = setting.company_id AND warehouse.id = setting.warehouse_id
 INNER JOIN product ON product.company_id = setting.company_id AND product.id = setting.product_id
 WHERE setting.company_id = %(company_id)s::INT
   AND setting.id > %(after)s::BIGINT
   AND (%(warehouse)s::TEXT IS NULL OR warehouse.code = %(warehouse)s::TEXT)
   AND (%(product)s::TEXT IS NULL OR product.code = %(product)s::TEXT)
 ORDER BY setting.id
 LIMIT %(count)s::INT
