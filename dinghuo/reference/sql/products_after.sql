-- List products by id, after an id, as programs read them; or the one of an id or a code.
-- In:    company_id integer, after bigint, count integer, only_id bigint (null for all), code text (null for all)
-- Out:   id bigint, code text, name text, name_zh text, category text, unit text, barcode text, list_price numeric,
--        standard_cost numeric, tax_rate numeric, weight_kg numeric, case_quantity numeric, reorder_level numeric,
--        keeps_lots boolean, minimum_quantity numeric, lead_time_days smallint, sold_from date, discontinued_on date,
--        is_dual_use boolean, is_blocked boolean; prices without tax, in company currency; at most count rows
-- Needs: nothing
SELECT
    product.id, product.code, product.name, product.name_zh, product.category, product.unit, product.barcode,
    trim_scale(product.list_price) AS list_price, trim_scale(product.standard_cost) AS standard_cost,
    trim_scale(product.tax_rate) AS tax_rate, trim_scale(product.weight_kg) AS weight_kg,
    trim_scale(product.case_quantity) AS case_quantity, trim_scale(product.reorder_level) AS reorder_level, product.keeps_lots,
    trim_scale(product.minimum_quantity) AS minimum_quantity, product.lead_time_days, product.sold_from, product.discontinued_on,
    product.is_dual_use, product.is_blocked
  FROM product
 WHERE product.company_id = %(company_id)s::INT
   AND product.id > %(after)s::BIGINT
   AND (%(only_id)s::BIGINT IS NULL OR product.id = %(only_id)s::BIGINT)
   AND (%(code)s::TEXT IS NULL OR product.code = %(code)s::TEXT)
 ORDER BY product.id
 LIMIT %(count)s::INT
