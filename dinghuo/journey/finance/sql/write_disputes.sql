-- Open disputes over what payments fell short of.
-- In:    company_id int, actor_id int, at timestamptz; one element a dispute: receivable_ids bigint[], amounts numeric[], reason_codes text[],
--        reasons text[]
-- Out:   nothing
-- Needs: the receivables locked by this transaction
INSERT INTO dispute (company_id, receivable_id, amount, reason_code, reason, opened_at, opened_by_id)
SELECT %(company_id)s::INT, given.receivable_id, given.amount, given.reason_code, given.reason, %(at)s::TIMESTAMPTZ, %(actor_id)s::INT
  FROM unnest(%(receivable_ids)s::BIGINT[], %(amounts)s::NUMERIC[], %(reason_codes)s::TEXT[], %(reasons)s::TEXT[])
       AS given (receivable_id, amount, reason_code, reason)
 ORDER BY given.receivable_id
