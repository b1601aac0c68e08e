-- Find the numbers that codes of a policy stand for.
-- In:    company_id int, keys text[], codes text[]
-- Out:   key text, code text, number bigint; those that are known
-- Needs: nothing
SELECT asked.key, asked.code, found.number
  FROM unnest(%(keys)s::TEXT[], %(codes)s::TEXT[]) AS asked (key, code)
 CROSS JOIN LATERAL (
       SELECT class.number
         FROM (SELECT customer_class, row_number() OVER (ORDER BY customer_class) - 1 AS number
                 FROM (SELECT DISTINCT customer_class FROM customer WHERE company_id = %(company_id)s::INT) AS known) AS class
        WHERE asked.key = 'customer_class' AND class.customer_class = asked.code
        UNION ALL
       SELECT CASE WHEN asked.key = 'group' THEN coalesce(customer.parent_id, customer.id) ELSE customer.id END
         FROM customer
        WHERE customer.company_id = %(company_id)s::INT AND asked.key IN ('customer_id', 'group') AND customer.code = asked.code
        UNION ALL
       SELECT product.id FROM product
        WHERE product.company_id = %(company_id)s::INT AND asked.key = 'product_id' AND product.code = asked.code
        UNION ALL
       SELECT warehouse.id FROM warehouse
        WHERE warehouse.company_id = %(company_id)s::INT AND asked.key = 'warehouse_id' AND warehouse.code = asked.code
        UNION ALL
       SELECT hashtextextended(asked.code, 0) WHERE asked.key = 'channel'
        UNION ALL
       SELECT ascii(country.code) * 256 + ascii(substr(country.code, 2)) FROM country
        WHERE asked.key IN ('region', 'zone') AND country.code = asked.code
 ) AS found
