-- Name the products that a typed text may mean: exact codes first, then codes that begin with it, then names that hold it.
-- In:    company_id integer, wanted text, count integer
-- Out:   id bigint, code text, name text, name_zh text, unit text; at most count rows, the likeliest first
-- Needs: nothing
SELECT product.id, product.code, product.name, product.name_zh, product.unit
  FROM product
 WHERE product.company_id = %(company_id)s::INT
   AND (
       strpos(lower(product.code), lower(%(wanted)s::TEXT)) > 0
       OR strpos(lower(product.name), lower(%(wanted)s::TEXT)) > 0
       OR strpos(product.name_zh, %(wanted)s::TEXT) > 0
       OR product.barcode = %(wanted)s::TEXT
   )
 ORDER BY
    lower(product.code) <> lower(%(wanted)s::TEXT),
    NOT starts_with(lower(product.code), lower(%(wanted)s::TEXT)),
    product.code
 LIMIT %(count)s::INT
