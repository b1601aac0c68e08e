-- List the customers as payers, each with the customer that it shares its money with.
-- In:    company_id int
-- Out:   customer_id bigint, group_id bigint, name text, name_zh text
-- Needs: nothing
SELECT id AS customer_id, coalesce(parent_id, id) AS group_id, name, name_zh
  FROM customer
 WHERE company_id = %(company_id)s::INT
 ORDER BY id
