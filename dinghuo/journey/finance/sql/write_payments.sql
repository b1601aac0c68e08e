-- Write payments, what of them is applied at once, and what that settles.
-- In:    company_id int, actor_id int, at timestamptz, settled_on date; one element a payment: numbers text[],
--        external_refs text[], customer_ids bigint[], methods text[], notes text[], received_ons date[], amounts numeric[],
--        applied numeric[], moved_ons date[], generated bool[]; one element an application: sources text[] (its payment's number), receivable_ids bigint[],
--        shares numeric[], reasons text[], applied_ons date[]
-- Out:   id bigint, number text
-- Needs: the series of payments and the receivables locked by this transaction
WITH taken AS (
    INSERT INTO payment (company_id, number, external_ref, customer_id, method, reference, received_on, recorded_at, recorded_by_id,
                         currency, amount, applied, moved_on, is_generated)
    SELECT %(company_id)s::INT, given.number, given.external_ref, given.customer_id, given.method, given.reference, given.received_on,
           %(at)s::TIMESTAMPTZ, %(actor_id)s::INT, company.currency, given.amount, given.applied, given.moved_on,
           given.is_generated
      FROM unnest(%(numbers)s::TEXT[], %(external_refs)s::TEXT[], %(customer_ids)s::BIGINT[], %(methods)s::TEXT[], %(notes)s::TEXT[],
                  %(received_ons)s::DATE[], %(amounts)s::NUMERIC[], %(applied)s::NUMERIC[], %(moved_ons)s::DATE[],
                  %(generated)s::BOOL[])
           AS given (number, external_ref, customer_id, method, reference, received_on, amount, applied, moved_on,
                     is_generated)
      JOIN company ON company.id = %(company_id)s::INT
     ORDER BY given.number
    RETURNING id, number
), share AS MATERIALIZED (
    SELECT given.source, given.receivable_id, given.amount, given.reason, given.applied_on
      FROM unnest(%(sources)s::TEXT[], %(receivable_ids)s::BIGINT[], %(shares)s::NUMERIC[], %(reasons)s::TEXT[],
                  %(applied_ons)s::DATE[])
           AS given (source, receivable_id, amount, reason, applied_on)
), matched AS MATERIALIZED (
    -- FULL, because that is never a nested loop, however few rows the planner expects.
    SELECT share.receivable_id, taken.id AS payment_id, share.amount, share.reason, share.applied_on
      FROM share
      FULL JOIN taken ON taken.number = share.source
), application AS (
    INSERT INTO payment_application (company_id, receivable_id, payment_id, amount, reason, applied_on, applied_at, applied_by_id)
    SELECT %(company_id)s::INT, receivable_id, payment_id, amount, reason, applied_on, %(at)s::TIMESTAMPTZ, %(actor_id)s::INT
      FROM matched
     WHERE receivable_id IS NOT NULL
), settled AS (
    UPDATE receivable SET applied = receivable.applied + part.amount,
           settled_on = CASE WHEN receivable.applied + part.amount = receivable.amount THEN %(settled_on)s::DATE END,
           moved_on = greatest(receivable.moved_on, part.moved_on)
      FROM (SELECT receivable_id, sum(amount) AS amount, max(applied_on) AS moved_on FROM share GROUP BY receivable_id) AS part
     WHERE receivable.company_id = %(company_id)s::INT AND receivable.id = part.receivable_id
)
SELECT id, number
  FROM taken
 ORDER BY number
