-- List the products that have substitutes, with these in their ranks, by product.
-- In:    company_id int, wanted text (in the code or a name of the product; empty for all), after text (code), count int
-- Out:   id bigint, code text, name text, name_zh text, substitutes text[] (codes, the first rank first); at most count rows
-- Needs: nothing
SELECT product.id, product.code, product.name, product.name_zh, array_agg(other.code ORDER BY may.rank) AS substitutes
  FROM product_substitute AS may
 INNER JOIN product ON product.company_id = may.company_id AND product.id = may.product_id
 INNER JOIN product AS other ON other.company_id = may.company_id AND other.id = may.substitute_id
 WHERE may.company_id = %(company_id)s::INT AND product.code > %(after)s::TEXT
   AND (strpos(lower(product.code), lower(%(wanted)s::TEXT)) > 0 OR strpos(lower(product.name), lower(%(wanted)s::TEXT)) > 0
        OR strpos(product.name_zh, %(wanted)s::TEXT) > 0)
 GROUP BY product.id, product.code, product.name, product.name_zh
 ORDER BY product.code
 LIMIT %(count)s::INT
