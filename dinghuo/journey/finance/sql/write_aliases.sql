-- Learn whose some accounts and names of payers are; what is known already stays as it is.
-- In:    company_id int, actor_id int, at timestamptz; one element an alias: kinds text[], alias_values text[], customer_ids bigint[],
--        match_ids bigint[] (null: told by a person)
-- Out:   nothing
-- Needs: others' aliases of the same retired by this transaction
INSERT INTO payer_alias (company_id, kind, value, customer_id, match_id, taught_at, taught_by_id)
SELECT %(company_id)s::INT, given.kind, given.value, given.customer_id, given.match_id, %(at)s::TIMESTAMPTZ, %(actor_id)s::INT
  FROM unnest(%(kinds)s::TEXT[], %(alias_values)s::TEXT[], %(customer_ids)s::BIGINT[], %(match_ids)s::BIGINT[])
       AS given (kind, value, customer_id, match_id)
 ORDER BY given.kind, given.value
    ON CONFLICT (company_id, kind, value) WHERE retired_at IS NULL DO NOTHING
