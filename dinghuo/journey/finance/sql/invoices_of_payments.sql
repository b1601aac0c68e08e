-- Name the invoices that payments settle something of.
-- In:    company_id int, payment_ids bigint[]
-- Out:   id bigint
-- Needs: the payments locked by this transaction
SELECT DISTINCT receivable.invoice_id AS id
  FROM payment_application AS application
  JOIN receivable ON receivable.company_id = %(company_id)s::INT AND receivable.id = application.receivable_id
 WHERE application.company_id = %(company_id)s::INT AND application.payment_id = ANY(%(payment_ids)s::BIGINT[])
 ORDER BY id
