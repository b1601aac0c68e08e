-- List aliases of payers, retired ones as well.
-- In:    company_id int, after bigint, count int
-- Out:   id bigint, kind text, value text, customer_id bigint, customer text, taught_at timestamptz, taught_by_id int, retired_at timestamptz
-- Needs: nothing
SELECT alias.id, alias.kind, alias.value, alias.customer_id, customer.code AS customer, alias.taught_at, alias.taught_by_id,
       alias.retired_at
  FROM payer_alias AS alias
  JOIN customer ON customer.company_id = %(company_id)s::INT AND customer.id = alias.customer_id
 WHERE alias.company_id = %(company_id)s::INT AND alias.id > %(after)s::BIGINT
 ORDER BY alias.id
 LIMIT %(count)s::INT
