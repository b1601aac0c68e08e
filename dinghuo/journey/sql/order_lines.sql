-- Show an order's lines and how far each has come, by position.
-- In:    company_id integer, order_id bigint, minor_units integer (of the order's currency)
-- Out:   id bigint, position integer, product_id bigint, product text (its code), name text, name_zh text (the product's), unit text,
--        ordered numeric, allocated numeric, shipped numeric, invoiced numeric, paid numeric (stock units; paid: on settled
--        invoices), short numeric (what a run could not give), unit_price numeric, tax_rate numeric, amount_net numeric,
--        amount_tax numeric, kit text (the set it is part of, or empty), per_set numeric (its units in each set)
-- Needs: nothing
SELECT
    line.id, line.position, line.product_id, product.code AS product, product.name, product.name_zh, product.unit,
    trim_scale(line.ordered) AS ordered, trim_scale(line.allocated) AS allocated, trim_scale(line.shipped) AS shipped,
    trim_scale(line.invoiced) AS invoiced,
    trim_scale((
        SELECT coalesce(sum(billed.quantity), 0)
          FROM allocation
         INNER JOIN shipment_line
                 ON shipment_line.company_id = allocation.company_id AND shipment_line.allocation_id = allocation.id
         INNER JOIN sales_invoice_line AS billed
                 ON billed.company_id = allocation.company_id AND billed.shipment_line_id = shipment_line.id
         INNER JOIN receivable ON receivable.company_id = allocation.company_id AND receivable.invoice_id = billed.invoice_id
         WHERE allocation.company_id = line.company_id
           AND allocation.order_line_id = line.id
           AND line.invoiced > 0
           AND receivable.applied = receivable.amount
    )) AS paid,
    trim_scale(coalesce(shortage.quantity, 0)) AS short,
    trim_scale(line.unit_price) AS unit_price, trim_scale(line.tax_rate) AS tax_rate,
    round(line.amount_net, %(minor_units)s::INT) AS amount_net, round(line.amount_tax, %(minor_units)s::INT) AS amount_tax,
    line.kit, trim_scale(line.per_set) AS per_set
  FROM sales_order_line AS line
 INNER JOIN product ON product.company_id = line.company_id AND product.id = line.product_id
  LEFT JOIN shortage
         ON shortage.company_id = line.company_id AND shortage.order_line_id = line.id AND shortage.closed_at IS NULL
 WHERE line.company_id = %(company_id)s::INT AND line.order_id = %(order_id)s::BIGINT
 ORDER BY line.position
