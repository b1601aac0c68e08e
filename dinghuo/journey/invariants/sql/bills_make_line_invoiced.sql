-- Find order lines whose invoiced quantity is not what documents in force bill of them.
-- In:    company_id int
-- Out:   row_id bigint (sales_order_line), document text, expected text, found text, detail text; at most 100 rows
-- Needs: nothing
WITH billed AS (
    SELECT allocation.order_line_id, sum(bill_line.quantity) AS quantity, count(*) AS lines
      FROM sales_invoice AS invoice
      JOIN sales_invoice_line AS bill_line ON bill_line.company_id = %(company_id)s::INT AND bill_line.invoice_id = invoice.id
      JOIN shipment_line ON shipment_line.company_id = %(company_id)s::INT AND shipment_line.id = bill_line.shipment_line_id
      JOIN allocation ON allocation.company_id = %(company_id)s::INT AND allocation.id = shipment_line.allocation_id
     WHERE invoice.company_id = %(company_id)s::INT AND invoice.state <> 'dropped' AND bill_line.kind = 'goods'
     GROUP BY allocation.order_line_id
)
SELECT line.id AS row_id, sales_order.number || ' / ' || line.position AS document,
       trim_scale(coalesce(billed.quantity, 0)) || ' invoiced' AS expected,
       trim_scale(line.invoiced) || ' invoiced' AS found,
       coalesce(billed.lines, 0) || ' lines of invoices' AS detail
  FROM sales_order_line AS line
  LEFT JOIN billed ON billed.order_line_id = line.id
  JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = line.order_id
 WHERE line.company_id = %(company_id)s::INT AND line.invoiced <> coalesce(billed.quantity, 0)
 ORDER BY line.id
 LIMIT 100
