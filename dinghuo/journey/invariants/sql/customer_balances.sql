-- Find customers whose balance, which credit is decided on, is not what posted documents, payments and applications come to.
-- In:    company_id int
-- Out:   row_id bigint (customer), document text, expected text, found text, detail text; at most 100 rows
-- Needs: nothing
WITH part AS (
    SELECT customer_id, amount_gross AS owed, 0::NUMERIC AS unapplied
      FROM sales_invoice
     WHERE company_id = %(company_id)s::INT AND state = 'posted'
     UNION ALL
    SELECT customer_id, 0::NUMERIC AS owed, amount AS unapplied
      FROM payment
     WHERE company_id = %(company_id)s::INT
     UNION ALL
    -- A credit applied to an invoice changes both by the same amount, and so nothing in sum.
    SELECT payment.customer_id, -application.amount AS owed, -application.amount AS unapplied
      FROM payment_application AS application
      JOIN payment ON payment.company_id = %(company_id)s::INT AND payment.id = application.payment_id
     WHERE application.company_id = %(company_id)s::INT
     UNION ALL
    SELECT payment.customer_id, 0::NUMERIC AS owed, -reversal.amount AS unapplied
      FROM payment_reversal AS reversal
      JOIN payment ON payment.company_id = %(company_id)s::INT AND payment.id = reversal.payment_id
     WHERE reversal.company_id = %(company_id)s::INT
), documents AS (
    SELECT customer_id, sum(owed) AS owed, sum(unapplied) AS unapplied
      FROM part
     GROUP BY customer_id
), balance AS (
    SELECT customer_id, sum(open_receivables) AS owed, sum(unapplied_payments) AS unapplied
      FROM customer_balance
     WHERE company_id = %(company_id)s::INT
     GROUP BY customer_id
)
SELECT customer.id AS row_id, customer.code AS document,
       trim_scale(coalesce(documents.owed, 0)) || ' owed, ' || trim_scale(coalesce(documents.unapplied, 0)) || ' unapplied' AS expected,
       trim_scale(coalesce(balance.owed, 0)) || ' owed, ' || trim_scale(coalesce(balance.unapplied, 0)) || ' unapplied' AS found,
       customer.name AS detail
  FROM customer
  LEFT JOIN documents ON documents.customer_id = customer.id
  LEFT JOIN balance ON balance.customer_id = customer.id
 WHERE customer.company_id = %(company_id)s::INT
   AND (coalesce(documents.owed, 0) <> coalesce(balance.owed, 0) OR coalesce(documents.unapplied, 0) <> coalesce(balance.unapplied, 0))
 ORDER BY customer.id
 LIMIT 100
