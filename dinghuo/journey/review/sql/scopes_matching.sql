-- Name the customer classes or product categories in use that hold a text.
-- In:    company_id int, scope text (customer_class or product_category), wanted text, count int
-- Out:   code text, id text, name text, name_zh text (empty, as these have no names); at most count rows
-- Needs: nothing
SELECT found.code, '' AS id, '' AS name, '' AS name_zh
  FROM (
    SELECT customer.customer_class AS code
      FROM customer
     WHERE customer.company_id = %(company_id)s::INT AND %(scope)s::TEXT = 'customer_class'
     UNION
    SELECT product.category AS code
      FROM product
     WHERE product.company_id = %(company_id)s::INT AND %(scope)s::TEXT = 'product_category'
  ) AS found
 WHERE found.code <> '' AND strpos(lower(found.code), lower(%(wanted)s::TEXT)) > 0
 ORDER BY found.code
 LIMIT %(count)s::INT
