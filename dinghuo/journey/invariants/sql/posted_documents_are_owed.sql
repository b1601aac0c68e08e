-- Find posted documents without a receivable of their gross amount and customer, and receivables of documents that are not posted.
-- In:    company_id int
-- Out:   row_id bigint (sales_invoice), document text, expected text, found text, detail text; at most 100 rows
-- Needs: nothing
SELECT invoice.id AS row_id, coalesce(invoice.number, 'draft ' || invoice.id) AS document,
       CASE WHEN invoice.state = 'posted' AND invoice.amount_gross <> 0
            THEN 'a receivable of ' || trim_scale(invoice.amount_gross) ELSE 'no receivable' END AS expected,
       coalesce('a receivable of ' || trim_scale(receivable.amount), 'no receivable') AS found,
       'customer ' || invoice.customer_id || coalesce(', owed by ' || receivable.customer_id, '') AS detail
  FROM sales_invoice AS invoice
  LEFT JOIN receivable ON receivable.company_id = %(company_id)s::INT AND receivable.invoice_id = invoice.id
 WHERE invoice.company_id = %(company_id)s::INT
   AND (receivable.amount IS DISTINCT FROM CASE WHEN invoice.state = 'posted' AND invoice.amount_gross <> 0 THEN invoice.amount_gross END
        OR receivable.customer_id <> invoice.customer_id)
 ORDER BY invoice.id
 LIMIT 100
