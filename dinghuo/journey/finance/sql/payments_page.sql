-- List payments, the newest first; walks the primary key backwards.
-- In:    company_id integer, customer_ids bigint[] (null for all), before_id bigint, count integer
-- Out:   id bigint, number text, customer_code text, name text, name_zh text (the customer's), method text, reference text,
--        received_on date, currency text, amount numeric, applied numeric; at most count rows
-- Needs: nothing
SELECT
    payment.id, payment.number, customer.code AS customer_code, customer.name, customer.name_zh, payment.method,
    payment.reference, payment.received_on, payment.currency, payment.amount, payment.applied
  FROM payment
 INNER JOIN customer ON customer.company_id = payment.company_id AND customer.id = payment.customer_id
 WHERE payment.company_id = %(company_id)s::INT
   AND payment.id < %(before_id)s::BIGINT
   AND (%(customer_ids)s::BIGINT [] IS NULL OR payment.customer_id = ANY(%(customer_ids)s::BIGINT []))
 ORDER BY payment.id DESC
 LIMIT %(count)s::INT
