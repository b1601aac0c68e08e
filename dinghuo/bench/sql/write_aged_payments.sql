-- Ageing: write a payment for each receivable that is settled.
-- In:    company_id int, at timestamptz
-- Out:   nothing
-- Needs: the receivables written
INSERT INTO payment (company_id, number, customer_id, method, received_on, recorded_at, currency, amount, applied, moved_on)
SELECT %(company_id)s::INT, 'PAY-' || id, customer_id, 'bank_transfer', settled_on, %(at)s::TIMESTAMPTZ, 'CNY', amount, amount, settled_on
  FROM receivable
 WHERE company_id = %(company_id)s::INT AND settled_on IS NOT NULL
 ORDER BY settled_on, id
