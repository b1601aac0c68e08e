-- Show what an invoice bills or a credit note credits, by position.
-- In:    company_id integer, invoice_id bigint
-- Out:   position integer, kind text, product_code text (empty for a charge), name text, name_zh text, description text,
--        quantity numeric, unit_price numeric, tax_rate numeric, amount_net numeric, amount_tax numeric; one row per line
-- Needs: nothing
SELECT
    billed.position, billed.kind, coalesce(product.code, '') AS product_code, coalesce(product.name, '') AS name,
    coalesce(product.name_zh, '') AS name_zh, billed.description, billed.quantity, billed.unit_price, billed.tax_rate,
    billed.amount_net, billed.amount_tax
  FROM sales_invoice_line AS billed
  LEFT JOIN shipment_line
         ON shipment_line.company_id = billed.company_id AND shipment_line.id = billed.shipment_line_id
  LEFT JOIN allocation
         ON allocation.company_id = billed.company_id AND allocation.id = shipment_line.allocation_id
  LEFT JOIN sales_order_line
         ON sales_order_line.company_id = billed.company_id AND sales_order_line.id = allocation.order_line_id
  LEFT JOIN customer_return_line
         ON customer_return_line.company_id = billed.company_id AND customer_return_line.id = billed.return_line_id
  -- CASE, because row-level security lets no coalesce() near an index.
  LEFT JOIN product
         ON product.company_id = billed.company_id
        AND product.id = CASE WHEN sales_order_line.product_id IS NULL THEN customer_return_line.product_id
                              ELSE sales_order_line.product_id END
 WHERE billed.company_id = %(company_id)s::INT
   AND billed.invoice_id = %(invoice_id)s::BIGINT
 ORDER BY billed.position
