-- List the documents posted for some days, by issue and id.
-- In:    company_id integer, from_on date, until_on date (both included)
-- Out:   id bigint
-- Needs: nothing
SELECT invoice.id
  FROM sales_invoice AS invoice
 WHERE invoice.company_id = %(company_id)s::INT
   AND invoice.state = 'posted'
   AND invoice.issued_on BETWEEN %(from_on)s::DATE AND %(until_on)s::DATE
 ORDER BY invoice.issued_on, invoice.id
