-- Floor, payment: apply each payment to its order's receivable.
-- In:    company_id int, order_ids bigint[], at timestamptz, today date
-- Out:   nothing
-- Needs: the payments written, in the order of their orders
INSERT INTO payment_application (company_id, receivable_id, payment_id, amount, reason, applied_on, applied_at)
SELECT %(company_id)s::INT, receivable.id, payment.id, receivable.amount, 'named', %(today)s::DATE, %(at)s::TIMESTAMPTZ
  FROM number_series AS counter
 CROSS JOIN LATERAL (
       SELECT (counter.next_number - row_number() OVER (ORDER BY id DESC))::INT AS number, id AS order_id
         FROM sales_order
        WHERE company_id = %(company_id)s::INT AND id = ANY(%(order_ids)s::BIGINT[])) AS paid
  JOIN payment
    ON payment.company_id = %(company_id)s::INT
   AND payment.number = 'PAY' || counter.year || '-' || lpad(paid.number::TEXT, 6, '0')
  JOIN sales_invoice AS invoice ON invoice.company_id = %(company_id)s::INT AND invoice.order_id = paid.order_id
  JOIN receivable ON receivable.company_id = %(company_id)s::INT AND receivable.invoice_id = invoice.id
 WHERE counter.company_id = %(company_id)s::INT AND counter.series = 'payment' AND counter.year = extract(YEAR FROM %(today)s::DATE)
