-- Find shipped goods that are billed more than once, in part, or before they left.
-- In:    company_id int
-- Out:   row_id bigint (shipment_line), document text, expected text, found text, detail text; at most 100 rows
-- Needs: nothing
WITH billed AS (
    SELECT bill_line.shipment_line_id, count(*) AS lines, sum(bill_line.quantity) AS quantity
      FROM sales_invoice AS invoice
      JOIN sales_invoice_line AS bill_line ON bill_line.company_id = %(company_id)s::INT AND bill_line.invoice_id = invoice.id
     WHERE invoice.company_id = %(company_id)s::INT AND invoice.state <> 'dropped' AND bill_line.shipment_line_id IS NOT NULL
     GROUP BY bill_line.shipment_line_id
)
SELECT line.id AS row_id, shipment.number AS document,
       trim_scale(line.quantity) || ' on one line of an invoice' AS expected,
       trim_scale(billed.quantity) || ' on ' || billed.lines AS found,
       shipment.state || CASE WHEN line.is_cancelled THEN ', line cancelled' ELSE '' END AS detail
  FROM billed
  JOIN shipment_line AS line ON line.company_id = %(company_id)s::INT AND line.id = billed.shipment_line_id
  JOIN shipment ON shipment.company_id = %(company_id)s::INT AND shipment.id = line.shipment_id
 WHERE billed.lines > 1 OR billed.quantity <> line.quantity OR line.is_cancelled OR shipment.state NOT IN ('dispatched', 'delivered')
 ORDER BY line.id
 LIMIT 100
