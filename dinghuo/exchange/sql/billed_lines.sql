-- Read what invoices bill and credit notes credit.
-- In:    company_id integer, ids bigint[] (invoices)
-- Out:   invoice_id bigint, position integer, kind text, code text (empty for a charge), name text, name_zh text, description text,
--        quantity numeric, unit_code text (UN/ECE, C62 for a charge), unit text, unit_zh text (both empty for a charge),
--        unit_price numeric, tax_rate numeric, amount_net numeric, amount_tax numeric; by invoice and position
-- Needs: nothing
SELECT
    billed.invoice_id, billed.position, billed.kind, coalesce(product.code, '') AS code, coalesce(product.name, '') AS name,
    coalesce(product.name_zh, '') AS name_zh, billed.description, trim_scale(billed.quantity) AS quantity,
    coalesce(product.unit, 'C62') AS unit_code, coalesce(unit.name, '') AS unit, coalesce(unit.name_zh, '') AS unit_zh, billed.unit_price,
    billed.tax_rate, billed.amount_net, billed.amount_tax
  FROM sales_invoice_line AS billed
  LEFT JOIN shipment_line AS shipped ON shipped.company_id = billed.company_id AND shipped.id = billed.shipment_line_id
  LEFT JOIN allocation ON allocation.company_id = billed.company_id AND allocation.id = shipped.allocation_id
  LEFT JOIN sales_order_line AS line ON line.company_id = billed.company_id AND line.id = allocation.order_line_id
  LEFT JOIN customer_return_line AS back ON back.company_id = billed.company_id AND back.id = billed.return_line_id
  -- CASE, because row-level security lets no coalesce() near an index.
  LEFT JOIN product
         ON product.company_id = billed.company_id
        AND product.id = CASE WHEN line.product_id IS NULL THEN back.product_id ELSE line.product_id END
  LEFT JOIN unit ON unit.code = product.unit
 WHERE billed.company_id = %(company_id)s::INT
   AND billed.invoice_id = ANY(%(ids)s::BIGINT[])
 ORDER BY billed.invoice_id, billed.position
