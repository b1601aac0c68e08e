-- Lock some returns.
-- In:    company_id int, return_ids bigint[]
-- Out:   id bigint, customer_id bigint, order_id bigint, is_credited bool
-- Needs: number series, orders and stock levels locked before, receivables after
SELECT id, customer_id, order_id, credited_at IS NOT NULL AS is_credited
  FROM customer_return
 WHERE company_id = %(company_id)s::INT AND id = ANY(%(return_ids)s::BIGINT[])
 ORDER BY id
   FOR NO KEY UPDATE
