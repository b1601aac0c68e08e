-- Find returned goods of a credited return that are not on exactly one line of a credit note, and those credited before their time.
-- In:    company_id int
-- Out:   row_id bigint (customer_return_line), document text, expected text, found text, detail text; at most 100 rows
-- Needs: nothing
WITH credited AS (
    SELECT bill_line.return_line_id, count(*) AS lines, sum(bill_line.quantity) AS quantity
      FROM sales_invoice AS invoice
      JOIN sales_invoice_line AS bill_line ON bill_line.company_id = %(company_id)s::INT AND bill_line.invoice_id = invoice.id
     WHERE invoice.company_id = %(company_id)s::INT AND invoice.state <> 'dropped' AND bill_line.return_line_id IS NOT NULL
     GROUP BY bill_line.return_line_id
)
SELECT line.id AS row_id, customer_return.number || ' / ' || line.position AS document,
       CASE WHEN customer_return.credited_at IS NULL THEN 'nothing credited'
            ELSE trim_scale(line.quantity) || ' on one line' END AS expected,
       trim_scale(-coalesce(credited.quantity, 0)) || ' on ' || coalesce(credited.lines, 0) AS found,
       '' AS detail
  FROM customer_return
  JOIN customer_return_line AS line ON line.company_id = %(company_id)s::INT AND line.customer_return_id = customer_return.id
  LEFT JOIN credited ON credited.return_line_id = line.id
 WHERE customer_return.company_id = %(company_id)s::INT
   AND (credited.lines IS DISTINCT FROM CASE WHEN customer_return.credited_at IS NOT NULL THEN 1 END
        OR credited.quantity <> -line.quantity)
 ORDER BY line.id
 LIMIT 100
