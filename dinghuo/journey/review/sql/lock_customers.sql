-- Lock customers, so that one transaction at a time decides on their credit; foreign keys to them are not held up.
-- In:    company_id int, customer_ids bigint[]
-- Out:   id bigint
-- Needs: orders locked before, stock levels after
SELECT id
  FROM customer
 WHERE company_id = %(company_id)s::INT AND id = ANY(%(customer_ids)s::BIGINT[]) AND credit_limit IS NOT NULL
 ORDER BY id
   FOR NO KEY UPDATE
