-- Take payments back whole: undo what they settled, and let nothing more be settled with them.
-- In:    company_id int, actor_id int, at timestamptz, reversed_on date, reason text, payment_ids bigint[]
-- Out:   nothing
-- Needs: the payments and the receivables that they settled locked by this transaction
WITH error AS MATERIALIZED (
    SELECT application.id, application.receivable_id, application.payment_id, application.amount,
           greatest(application.applied_on, %(reversed_on)s::DATE) AS applied_on
      FROM payment_application AS application
     WHERE application.company_id = %(company_id)s::INT AND application.payment_id = ANY(%(payment_ids)s::BIGINT[])
       AND application.undoes_id IS NULL
       AND NOT EXISTS (
           SELECT FROM payment_application AS undone
            WHERE undone.company_id = %(company_id)s::INT AND undone.undoes_id = application.id)
), reopened AS (
    UPDATE receivable SET applied = receivable.applied - part.amount, settled_on = NULL,
           moved_on = greatest(receivable.moved_on, part.moved_on)
      FROM (SELECT receivable_id, sum(amount) AS amount, max(applied_on) AS moved_on FROM error GROUP BY receivable_id) AS part
     WHERE receivable.company_id = %(company_id)s::INT AND receivable.id = part.receivable_id
), used_up AS (
    UPDATE payment SET applied = payment.amount, moved_on = greatest(payment.moved_on, payment.received_on, %(reversed_on)s::DATE)
     WHERE payment.company_id = %(company_id)s::INT AND payment.id = ANY(%(payment_ids)s::BIGINT[])
), taken_back AS (
    INSERT INTO payment_reversal (company_id, payment_id, amount, reason, reversed_on, reversed_at, reversed_by_id)
    SELECT %(company_id)s::INT, payment.id, payment.amount, %(reason)s::TEXT, greatest(payment.received_on, %(reversed_on)s::DATE),
           %(at)s::TIMESTAMPTZ, %(actor_id)s::INT
      FROM payment
     WHERE payment.company_id = %(company_id)s::INT AND payment.id = ANY(%(payment_ids)s::BIGINT[])
     ORDER BY payment.id
)
INSERT INTO payment_application (company_id, receivable_id, payment_id, amount, reason, applied_on, applied_at, applied_by_id, undoes_id)
SELECT %(company_id)s::INT, receivable_id, payment_id, -amount, 'undone', applied_on, %(at)s::TIMESTAMPTZ, %(actor_id)s::INT, id
  FROM error
 ORDER BY id
