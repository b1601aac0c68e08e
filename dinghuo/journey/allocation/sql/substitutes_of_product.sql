-- List what may come in a product's place, the first rank first.
-- In:    company_id int, product_id bigint
-- Out:   product_id bigint, product text, rank int, keeps_price boolean
-- Needs: nothing
SELECT other.id AS product_id, other.code AS product, may.rank::INT AS rank, may.keeps_price
  FROM product_substitute AS may
 INNER JOIN product AS other ON other.company_id = %(company_id)s::INT AND other.id = may.substitute_id
 WHERE may.company_id = %(company_id)s::INT AND may.product_id = %(product_id)s::BIGINT
 ORDER BY may.rank, other.id
