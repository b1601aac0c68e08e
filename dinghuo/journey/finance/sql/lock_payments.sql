-- Lock some payments.
-- In:    company_id int, payment_ids bigint[]
-- Out:   id bigint, number text, customer_id bigint, received_on date, money_left numeric
-- Needs: number series and orders locked before, receivables after
SELECT id, number, customer_id, received_on, amount - applied AS money_left
  FROM payment
 WHERE company_id = %(company_id)s::INT AND id = ANY(%(payment_ids)s::BIGINT[])
 ORDER BY id
   FOR NO KEY UPDATE
