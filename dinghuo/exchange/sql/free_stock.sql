-- Stock of some products that is not promised to anybody.
-- In:    company_id int, product_ids bigint[]
-- Out:   product_id bigint, free numeric (stock units)
-- Needs: nothing
SELECT product_id, sum(on_hand - allocated) AS free
  FROM stock_level
 WHERE company_id = %(company_id)s::INT AND product_id = ANY(%(product_ids)s::BIGINT[])
 GROUP BY product_id
