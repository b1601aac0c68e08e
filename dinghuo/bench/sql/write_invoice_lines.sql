-- Floor, finance: write the lines of the invoices, one a shipment line.
-- In:    company_id int, order_ids bigint[]
-- Out:   nothing
-- Needs: the invoices written
INSERT INTO sales_invoice_line (company_id, invoice_id, position, shipment_line_id, quantity, unit_price, tax_rate, amount_net, amount_tax)
SELECT %(company_id)s::INT, invoice.id, line.position, shipment_line.id, shipment_line.quantity, line.unit_price, line.tax_rate,
       line.amount_net, line.amount_tax
  FROM sales_invoice AS invoice
  JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.order_id = invoice.order_id
  JOIN allocation ON allocation.company_id = %(company_id)s::INT AND allocation.order_line_id = line.id
  JOIN shipment_line ON shipment_line.company_id = %(company_id)s::INT AND shipment_line.allocation_id = allocation.id
 WHERE invoice.company_id = %(company_id)s::INT AND invoice.order_id = ANY(%(order_ids)s::BIGINT[])
