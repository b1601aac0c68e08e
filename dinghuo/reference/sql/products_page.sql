-- List products by code, those whose code, names or barcode hold a text.
-- In:    company_id integer, wanted text (empty for all), after_code text (empty for the first page), count integer
-- Out:   id bigint, code text, name text, name_zh text, category text, unit text, list_price numeric, tax_rate numeric,
--        is_blocked boolean; one row per product
-- Needs: nothing
SELECT
    product.id, product.code, product.name, product.name_zh, product.category, product.unit, product.list_price,
    product.tax_rate, product.is_blocked
  FROM product
 WHERE product.company_id = %(company_id)s::INT
   AND product.code > %(after_code)s::TEXT
   AND (
       strpos(lower(product.code), lower(%(wanted)s::TEXT)) > 0
       OR strpos(lower(product.name), lower(%(wanted)s::TEXT)) > 0
       OR strpos(product.name_zh, %(wanted)s::TEXT) > 0
       OR product.barcode = %(wanted)s::TEXT
   )
 ORDER BY product.code
 LIMIT %(count)s::INT
