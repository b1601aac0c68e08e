-- Name the returns that no document credits yet.
-- In:    company_id int
-- Out:   id bigint
-- Needs: nothing
SELECT id
  FROM customer_return
 WHERE company_id = %(company_id)s::INT AND credited_at IS NULL
 ORDER BY id
