-- Let holds last until another moment.
-- In:    company_id int, stock_hold_ids bigint[], expires_at timestamptz
-- Out:   nothing
-- Needs: the holds locked by this transaction, each open
UPDATE stock_hold SET expires_at = %(expires_at)s::TIMESTAMPTZ
 WHERE company_id = %(company_id)s::INT AND id = ANY(%(stock_hold_ids)s::BIGINT[])
