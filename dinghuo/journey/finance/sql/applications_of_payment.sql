-- Tell what a payment was set against, first to last.
-- In:    company_id integer, payment_id bigint
-- Out:   invoice_id bigint, invoice_number text, amount numeric, reason text, applied_on date
-- Needs: nothing
SELECT
    receivable.invoice_id, invoice.number AS invoice_number, round(application.amount, currency.minor_units::INT) AS amount,
    application.reason, application.applied_on
  FROM payment_application AS application
 INNER JOIN receivable ON receivable.company_id = application.company_id AND receivable.id = application.receivable_id
 INNER JOIN sales_invoice AS invoice ON invoice.company_id = receivable.company_id AND invoice.id = receivable.invoice_id
 INNER JOIN currency ON currency.code = invoice.currency
 WHERE application.company_id = %(company_id)s::INT AND application.payment_id = %(payment_id)s::BIGINT
 ORDER BY application.id
