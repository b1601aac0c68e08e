-- Write what matched lines became: which payment settled how much of which receivable, and what of a payment settles none yet.
-- In:    company_id int; one element a payment: match_ids bigint[], payment_ids bigint[]
-- Out:   nothing
-- Needs: the payments written by this transaction
WITH given AS MATERIALIZED (
    SELECT pair.match_id, pair.payment_id
      FROM unnest(%(match_ids)s::BIGINT[], %(payment_ids)s::BIGINT[]) AS pair (match_id, payment_id)
)
INSERT INTO bank_match_item (company_id, match_id, payment_id, receivable_id, amount)
SELECT %(company_id)s::INT, given.match_id, given.payment_id, application.receivable_id, application.amount
  FROM given
  JOIN payment_application AS application
       ON application.company_id = %(company_id)s::INT AND application.payment_id = given.payment_id
 UNION ALL
SELECT %(company_id)s::INT, given.match_id, given.payment_id, NULL AS receivable_id, payment.amount - payment.applied AS amount
  FROM given
  JOIN payment ON payment.company_id = %(company_id)s::INT AND payment.id = given.payment_id
 WHERE payment.applied < payment.amount
