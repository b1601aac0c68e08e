-- Find invoices and credit notes whose totals are not the sums of their lines.
-- In:    company_id int
-- Out:   row_id bigint (sales_invoice), document text, expected text, found text, detail text; at most 100 rows
-- Needs: nothing
WITH total AS (
    SELECT invoice_id, count(*) AS lines, sum(amount_net) AS amount_net, sum(amount_tax) AS amount_tax
      FROM sales_invoice_line
     WHERE company_id = %(company_id)s::INT
     GROUP BY invoice_id
)
SELECT invoice.id AS row_id, coalesce(invoice.number, invoice.state || ' ' || invoice.id) AS document,
       trim_scale(coalesce(total.amount_net, 0)) || ' + ' || trim_scale(coalesce(total.amount_tax, 0)) AS expected,
       trim_scale(invoice.amount_net) || ' + ' || trim_scale(invoice.amount_tax) || ' = ' || trim_scale(invoice.amount_gross) AS found,
       coalesce(total.lines, 0) || ' lines' AS detail
  FROM sales_invoice AS invoice
  LEFT JOIN total ON total.invoice_id = invoice.id
 WHERE invoice.company_id = %(company_id)s::INT
   AND (invoice.amount_net <> coalesce(total.amount_net, 0) OR invoice.amount_tax <> coalesce(total.amount_tax, 0)
        OR invoice.amount_gross <> invoice.amount_net + invoice.amount_tax)
 ORDER BY invoice.id
 LIMIT 100
