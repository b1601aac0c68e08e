-- Say which holds name what there is not.
-- In:    company_id int, places int[], warehouse_ids bigint[], product_ids bigint[], customer_ids bigint[]
-- Out:   place int, code text ("done" or why not); one row per hold, in order
-- Needs: nothing
SELECT asked.place,
       CASE WHEN warehouse.id IS NULL THEN 'unknown_warehouse'
            WHEN product.id IS NULL THEN 'unknown_product'
            WHEN asked.customer_id IS NOT NULL AND customer.id IS NULL THEN 'unknown_customer' ELSE 'done' END AS code
  FROM unnest(%(places)s::INT[], %(warehouse_ids)s::BIGINT[], %(product_ids)s::BIGINT[], %(customer_ids)s::BIGINT[])
       AS asked (place, warehouse_id, product_id, customer_id)
  LEFT JOIN warehouse ON warehouse.company_id = %(company_id)s::INT AND warehouse.id = asked.warehouse_id AND warehouse.is_active
  LEFT JOIN product ON product.company_id = %(company_id)s::INT AND product.id = asked.product_id
  LEFT JOIN customer ON customer.company_id = %(company_id)s::INT AND customer.id = asked.customer_id
 ORDER BY asked.place
