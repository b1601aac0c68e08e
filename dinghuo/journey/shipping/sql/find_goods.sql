-- Products as returns need them.
-- In:    company_id int, product_ids bigint[]
-- Out:   product_id bigint, tax_rate numeric, standard_cost numeric
-- Needs: nothing
SELECT id AS product_id, tax_rate, standard_cost
  FROM product
 WHERE company_id = %(company_id)s::INT AND id = ANY(%(product_ids)s::BIGINT[])
