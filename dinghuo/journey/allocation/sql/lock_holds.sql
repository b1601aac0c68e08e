-- Lock holds.
-- In:    company_id int, stock_hold_ids bigint[]
-- Out:   id bigint, state text, product_id bigint, customer_id bigint, quantity numeric, expires_at timestamptz; by id
-- Needs: the levels of the holds locked by this transaction
SELECT id, state, product_id, customer_id, quantity, expires_at
  FROM stock_hold
 WHERE company_id = %(company_id)s::INT AND id = ANY(%(stock_hold_ids)s::BIGINT[])
 ORDER BY id
   FOR NO KEY UPDATE
