-- Name the holds whose time is over.
-- In:    company_id int, at timestamptz
-- Out:   id bigint
-- Needs: nothing
SELECT id
  FROM stock_hold
 WHERE company_id = %(company_id)s::INT AND state = 'open' AND expires_at <= %(at)s::TIMESTAMPTZ
 ORDER BY id
