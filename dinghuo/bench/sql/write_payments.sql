-- Floor, payment: write a payment for each order, in full.
-- In:    company_id int, order_ids bigint[], at timestamptz, today date
-- Out:   nothing
-- Needs: the numbers taken
INSERT INTO payment (company_id, number, customer_id, method, reference, received_on, recorded_at, currency, amount, applied, moved_on)
SELECT %(company_id)s::INT, 'PAY' || counter.year || '-' || lpad(paid.number::TEXT, 6, '0'), paid.customer_id, 'bank_transfer', '',
       %(today)s::DATE, %(at)s::TIMESTAMPTZ, paid.currency, paid.amount_gross, paid.amount_gross,
       %(today)s::DATE
  FROM number_series AS counter
 CROSS JOIN LATERAL (
       SELECT (counter.next_number - row_number() OVER (ORDER BY id DESC))::INT AS number, customer_id, currency, amount_gross
         FROM sales_order
        WHERE company_id = %(company_id)s::INT AND id = ANY(%(order_ids)s::BIGINT[])) AS paid
 WHERE counter.company_id = %(company_id)s::INT AND counter.series = 'payment' AND counter.year = extract(YEAR FROM %(today)s::DATE)
