-- Lock the payments of some customers that have money left.
-- In:    company_id int, customer_ids bigint[]
-- Out:   id bigint, number text, customer_id bigint, received_on date, money_left numeric
-- Needs: number series and orders locked before, receivables after
SELECT id, number, customer_id, received_on, amount - applied AS money_left
  FROM payment
 WHERE company_id = %(company_id)s::INT AND customer_id = ANY(%(customer_ids)s::BIGINT[]) AND applied < amount
 ORDER BY id
   FOR NO KEY UPDATE
