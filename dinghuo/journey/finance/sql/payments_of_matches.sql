-- Lock the payments that matches made.
-- In:    company_id int, match_ids bigint[]
-- Out:   match_id bigint, payment_id bigint, number text, customer_id bigint, received_on date, amount numeric; one row per payment
-- Needs: the matches locked by this transaction, receivables locked after
SELECT of_match.match_id, payment.id AS payment_id, payment.number, payment.customer_id, payment.received_on,
       payment.amount
  FROM payment
  JOIN (SELECT DISTINCT match_id, payment_id
          FROM bank_match_item
         WHERE company_id = %(company_id)s::INT AND match_id = ANY(%(match_ids)s::BIGINT[])) AS of_match ON of_match.payment_id = payment.id
 WHERE payment.company_id = %(company_id)s::INT
 ORDER BY payment.id
   FOR NO KEY UPDATE OF payment
