-- Retire what is known of some accounts and names of payers where it is another customer's.
-- In:    company_id int, actor_id int, at timestamptz; one element an alias, each once: kinds text[], alias_values text[], customer_ids bigint[]
-- Out:   nothing
-- Needs: the match that taught them written by this transaction
UPDATE payer_alias AS known SET retired_at = %(at)s::TIMESTAMPTZ, retired_by_id = %(actor_id)s::INT
  FROM unnest(%(kinds)s::TEXT[], %(alias_values)s::TEXT[], %(customer_ids)s::BIGINT[]) AS given (kind, value, customer_id)
 WHERE known.company_id = %(company_id)s::INT AND known.kind = given.kind AND known.value = given.value AND known.retired_at IS NULL
   AND known.customer_id <> given.customer_id
