-- List whose money comes from which account or under which name.
-- In:    company_id int
-- Out:   kind text, value text, customer_id bigint
-- Needs: nothing
SELECT kind, value, customer_id
  FROM payer_alias
 WHERE company_id = %(company_id)s::INT AND retired_at IS NULL
 ORDER BY id
