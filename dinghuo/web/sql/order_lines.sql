-- Show an order's lines and how far each has come, by position.
-- In:    company_id integer, order_id bigint, after_position integer, count integer
-- Out:   id bigint, position integer, product_code text, name text, name_zh text (the product's), unit text, ordered numeric,
--        allocated numeric, shipped numeric, invoiced numeric, paid numeric (stock units; paid: on settled invoices),
--        short numeric (what a run could not give), short_because text, unit_price numeric, tax_rate numeric, amount_net numeric,
--        amount_tax numeric; at most count rows
-- Needs: nothing
WITH line AS (
    SELECT
        sales_order_line.company_id, sales_order_line.id, sales_order_line.position, sales_order_line.product_id,
        sales_order_line.ordered, sales_order_line.allocated, sales_order_line.shipped, sales_order_line.invoiced,
        sales_order_line.unit_price, sales_order_line.tax_rate, sales_order_line.amount_net, sales_order_line.amount_tax
      FROM sales_order_line
     WHERE sales_order_line.company_id = %(company_id)s::INT
       AND sales_order_line.order_id = %(order_id)s::BIGINT
       AND sales_order_line.position > %(after_position)s::INT
     ORDER BY sales_order_line.position
     LIMIT %(count)s::INT
)
SELECT
    line.id, line.position, product.code AS product_code, product.name, product.name_zh, product.unit, line.ordered,
    line.allocated, line.shipped, line.invoiced,
    (
        SELECT coalesce(sum(billed.quantity), 0)
          FROM allocation
         INNER JOIN shipment_line
                 ON shipment_line.company_id = allocation.company_id AND shipment_line.allocation_id = allocation.id
         INNER JOIN sales_invoice_line AS billed
                 ON billed.company_id = allocation.company_id AND billed.shipment_line_id = shipment_line.id
         INNER JOIN receivable
                 ON receivable.company_id = allocation.company_id AND receivable.invoice_id = billed.invoice_id
         WHERE allocation.company_id = line.company_id
           AND allocation.order_line_id = line.id
           AND line.invoiced > 0
           AND receivable.applied = receivable.amount
    ) AS paid,
    coalesce(shortage.quantity, 0) AS short,
    coalesce((
        SELECT allocation_decision.reason
          FROM allocation_decision
         WHERE allocation_decision.company_id = line.company_id
           AND allocation_decision.order_line_id = line.id
           AND shortage.id IS NOT NULL
         ORDER BY allocation_decision.id DESC
         LIMIT 1
    ), '') AS short_because,
    line.unit_price, line.tax_rate, line.amount_net, line.amount_tax
  FROM line
 INNER JOIN product ON product.company_id = line.company_id AND product.id = line.product_id
  LEFT JOIN shortage
         ON shortage.company_id = line.company_id AND shortage.order_line_id = line.id AND shortage.closed_at IS NULL
 ORDER BY line.position
