-- Find the keys of customers, warehouses and products by their codes, and the warehouse that is asked first.
-- In:    company_id integer, customers text[], warehouses text[], products text[]
-- Out:   kind text, code text, id bigint; kind is customer, warehouse, product or, for the one asked first, usual
-- Needs: nothing
SELECT 'customer' AS kind, customer.code, customer.id
  FROM customer
 WHERE customer.company_id = %(company_id)s::INT AND customer.code = ANY(%(customers)s::TEXT [])
 UNION ALL
SELECT 'warehouse' AS kind, warehouse.code, warehouse.id
  FROM warehouse
 WHERE warehouse.company_id = %(company_id)s::INT AND warehouse.code = ANY(%(warehouses)s::TEXT [])
 UNION ALL
SELECT 'product' AS kind, product.code, product.id
  FROM product
 WHERE product.company_id = %(company_id)s::INT AND product.code = ANY(%(products)s::TEXT [])
 UNION ALL
(SELECT 'usual' AS kind, '' AS code, warehouse.id
   FROM warehouse
  WHERE warehouse.company_id = %(company_id)s::INT AND warehouse.is_active
  ORDER BY warehouse.priority, warehouse.id
  LIMIT 1)
