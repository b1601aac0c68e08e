-- List payments, the newest first, as programs read them; or the one of an id.
-- In:    company_id integer, before bigint, count integer, only_id bigint and customer text (its code), null for all
-- Out:   id bigint, number text, external_ref text, customer_id bigint, customer text (its code), method text, reference text,
--        received_on date, currency text, amount numeric, applied numeric, unapplied numeric; at most count rows
-- Needs: nothing
SELECT
    payment.id, payment.number, payment.external_ref, payment.customer_id, customer.code AS customer, payment.method,
    payment.reference, payment.received_on, payment.currency, round(payment.amount, currency.minor_units::INT) AS amount,
    round(payment.applied, currency.minor_units::INT) AS applied,
    round(payment.amount - payment.applied, currency.minor_units::INT) AS unapplied
  FROM payment
 INNER JOIN currency ON currency.code = payment.currency
 INNER JOIN customer ON customer.company_id = payment.company_id AND customer.id = payment.customer_id
 WHERE payment.company_id = %(company_id)s::INT
   AND payment.id < %(before)s::BIGINT
   AND (%(only_id)s::BIGINT IS NULL OR payment.id = %(only_id)s::BIGINT)
   AND (%(customer)s::TEXT IS NULL OR customer.code = %(customer)s::TEXT)
 ORDER BY payment.id DESC
 LIMIT %(count)s::INT
