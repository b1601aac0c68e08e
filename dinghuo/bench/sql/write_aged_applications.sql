-- Ageing: apply each payment to its receivable.
-- In:    company_id int, at timestamptz
-- Out:   nothing
-- Needs: the payments written
INSERT INTO payment_application (company_id, receivable_id, payment_id, amount, reason, applied_on, applied_at)
SELECT %(company_id)s::INT, receivable.id, payment.id, payment.amount, 'named', payment.received_on, %(at)s::TIMESTAMPTZ
  FROM payment
  JOIN receivable ON receivable.company_id = %(company_id)s::INT AND 'PAY-' || receivable.id = payment.number
 WHERE payment.company_id = %(company_id)s::INT
 ORDER BY payment.id
