-- Show what an invoice bills or a credit note credits, by position.
-- In:    company_id integer, invoice_id bigint, minor_units integer (of the document's currency)
-- Out:   id bigint, position integer, kind text, product text (its code, null for charges), description text, shipment_line_id bigint,
--        return_line_id bigint, quantity numeric, unit_price numeric, tax_rate numeric, amount_net numeric, amount_tax numeric
-- Needs: nothing
SELECT
    line.id, line.position, line.kind, product.code AS product, line.description, line.shipment_line_id, line.return_line_id,
    trim_scale(line.quantity) AS quantity, trim_scale(line.unit_price) AS unit_price, trim_scale(line.tax_rate) AS tax_rate,
    round(line.amount_net, %(minor_units)s::INT) AS amount_net, round(line.amount_tax, %(minor_units)s::INT) AS amount_tax
  FROM sales_invoice_line AS line
  LEFT JOIN customer_return_line AS returned ON returned.company_id = line.company_id AND returned.id = line.return_line_id
  LEFT JOIN shipment_line ON shipment_line.company_id = line.company_id AND shipment_line.id = line.shipment_line_id
  LEFT JOIN allocation ON allocation.company_id = line.company_id AND allocation.id = shipment_line.allocation_id
  LEFT JOIN sales_order_line AS sold ON sold.company_id = line.company_id AND sold.id = allocation.order_line_id
  -- CASE, because row-level security lets no coalesce() near an index.
  LEFT JOIN product
    ON product.company_id = line.company_id
   AND product.id = CASE WHEN returned.product_id IS NULL THEN sold.product_id ELSE returned.product_id END
 WHERE line.company_id = %(company_id)s::INT AND line.invoice_id = %(invoice_id)s::BIGINT
 ORDER BY line.position
