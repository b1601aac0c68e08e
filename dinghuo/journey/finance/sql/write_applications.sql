-- Apply money and credits to receivables.
-- In:    company_id int, actor_id int, at timestamptz, settled_on date; one element an application: payment_ids bigint[], credit_ids bigint[]
--        (of the two exactly one), receivable_ids bigint[], shares numeric[], reasons text[], applied_ons date[]
-- Out:   nothing
-- Needs: the payments and receivables locked by this transaction
WITH share AS MATERIALIZED (
    SELECT given.payment_id, given.credit_id, given.receivable_id, given.amount, given.reason, given.applied_on
      FROM unnest(%(payment_ids)s::BIGINT[], %(credit_ids)s::BIGINT[], %(receivable_ids)s::BIGINT[], %(shares)s::NUMERIC[],
                  %(reasons)s::TEXT[], %(applied_ons)s::DATE[])
           AS given (payment_id, credit_id, receivable_id, amount, reason, applied_on)
), used AS (
    UPDATE payment SET applied = payment.applied + part.amount, moved_on = greatest(payment.moved_on, part.moved_on)
      FROM (SELECT payment_id, sum(amount) AS amount, max(applied_on) AS moved_on
              FROM share
             WHERE payment_id IS NOT NULL
             GROUP BY payment_id) AS part
     WHERE payment.company_id = %(company_id)s::INT AND payment.id = part.payment_id
), settled AS (
    UPDATE receivable SET applied = receivable.applied + part.amount,
           settled_on = CASE WHEN receivable.applied + part.amount = receivable.amount THEN %(settled_on)s::DATE END,
           moved_on = greatest(receivable.moved_on, part.moved_on)
      FROM (SELECT side.receivable_id, sum(side.amount) AS amount, max(side.applied_on) AS moved_on
              FROM (SELECT receivable_id, amount, applied_on FROM share
                     UNION ALL
                    SELECT credit_id AS receivable_id, -amount AS amount, applied_on FROM share WHERE credit_id IS NOT NULL) AS side
             GROUP BY side.receivable_id) AS part
     WHERE receivable.company_id = %(company_id)s::INT AND receivable.id = part.receivable_id
)
INSERT INTO payment_application (company_id, receivable_id, payment_id, credit_id, amount, reason, applied_on, applied_at, applied_by_id)
SELECT %(company_id)s::INT, receivable_id, payment_id, credit_id, amount, reason, applied_on, %(at)s::TIMESTAMPTZ,
       %(actor_id)s::INT
  FROM share
