-- Draft an invoice for each shipment of some orders that has left and is not billed; an order's first takes its charges along.
-- In:    company_id int, order_ids bigint[], shipment_ids bigint[] (null: all of the orders'), at timestamptz, issued_on date
-- Out:   order_id, shipment_id (null: charges only), shipment_state, former_id (the invoice that bills it already), invoice_id (null:
--        nothing was drafted), kind, amount_gross; one row a shipment that was asked for, and one an order of charges only
-- Needs: the orders locked by this transaction
WITH asked AS MATERIALIZED (
    SELECT shipment.order_id, shipment.id AS shipment_id, shipment.state, former.id AS former_id
      FROM shipment
      LEFT JOIN sales_invoice AS former
        ON former.company_id = %(company_id)s::INT AND former.shipment_id = shipment.id AND former.state <> 'dropped'
     WHERE shipment.company_id = %(company_id)s::INT AND shipment.order_id = ANY(%(order_ids)s::BIGINT[])
       AND (%(shipment_ids)s::BIGINT[] IS NULL OR shipment.id = ANY(%(shipment_ids)s::BIGINT[]))
), goods AS MATERIALIZED (
    SELECT asked.order_id, asked.shipment_id, shipment_line.id AS shipment_line_id, line.id AS order_line_id, line.position,
           shipment_line.quantity, line.unit_price, line.tax_rate, line.invoiced,
           line.invoiced + sum(shipment_line.quantity) OVER (PARTITION BY line.id ORDER BY shipment_line.id) AS invoiced_then
      FROM asked
      JOIN shipment_line ON shipment_line.company_id = %(company_id)s::INT AND shipment_line.shipment_id = asked.shipment_id
      JOIN allocation ON allocation.company_id = %(company_id)s::INT AND allocation.id = shipment_line.allocation_id
      JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.id = allocation.order_line_id
     WHERE asked.former_id IS NULL AND asked.state IN ('dispatched', 'delivered') AND NOT shipment_line.is_cancelled
), priced AS (
    SELECT goods.order_id, goods.shipment_id, goods.shipment_line_id, goods.position, goods.quantity, goods.unit_price, goods.tax_rate,
           goods.invoiced_then - goods.quantity > goods.invoiced AS follows,
           billed.amount_net AS net_billed, billed.amount_tax AS tax_billed, currency.minor_units, company.rounding,
           money_round(goods.unit_price * goods.invoiced_then, currency.minor_units, company.rounding) AS net_then,
           money_round(goods.unit_price * (goods.invoiced_then - goods.quantity), currency.minor_units, company.rounding) AS net_before
      FROM goods
      JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = goods.order_id
      JOIN currency ON currency.code = sales_order.currency
      JOIN company ON company.id = %(company_id)s::INT
      -- What documents in force have billed, and not what the counter implies: a part may have been dropped in between.
      LEFT JOIN LATERAL (
           SELECT sum(bill_line.amount_net) AS amount_net, sum(bill_line.amount_tax) AS amount_tax
             FROM allocation
             JOIN shipment_line
               ON shipment_line.company_id = %(company_id)s::INT AND shipment_line.allocation_id = allocation.id
              AND NOT shipment_line.is_cancelled
             JOIN sales_invoice_line AS bill_line
               ON bill_line.company_id = %(company_id)s::INT AND bill_line.shipment_line_id = shipment_line.id
             JOIN sales_invoice AS former
               ON former.company_id = %(company_id)s::INT AND former.id = bill_line.invoice_id AND former.state <> 'dropped'
            WHERE goods.invoiced > 0
              AND allocation.company_id = %(company_id)s::INT AND allocation.order_line_id = goods.order_line_id) AS billed ON TRUE
), first_shipment AS (
    SELECT order_id, min(shipment_id) AS shipment_id
      FROM goods
     GROUP BY order_id
), charge AS (
    SELECT charge.order_id, first_shipment.shipment_id, charge.id AS order_charge_id, charge.position, charge.kind, charge.description,
           charge.quantity, charge.unit_price, charge.tax_rate, charge.amount_net, charge.amount_tax, charge.source_row
      FROM order_charge AS charge
      JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = charge.order_id
      LEFT JOIN first_shipment ON first_shipment.order_id = charge.order_id
     WHERE charge.company_id = %(company_id)s::INT AND charge.order_id = ANY(%(order_ids)s::BIGINT[])
       AND NOT EXISTS (SELECT 1
                         FROM sales_invoice_line AS bill_line
                         JOIN sales_invoice AS former
                           ON former.company_id = %(company_id)s::INT AND former.id = bill_line.invoice_id AND former.state <> 'dropped'
                        WHERE bill_line.company_id = %(company_id)s::INT AND bill_line.order_charge_id = charge.id)
       AND (first_shipment.shipment_id IS NOT NULL
         OR %(shipment_ids)s::BIGINT[] IS NULL AND sales_order.state IN ('released', 'completed')
            AND NOT EXISTS (SELECT 1
                              FROM sales_order_line AS line
                             WHERE line.company_id = %(company_id)s::INT AND line.order_id = charge.order_id))
), bill_line AS MATERIALIZED (
    -- A document of goods is known by its shipment until it has an id, one of charges only by its order, negative.
    SELECT shipment_id AS document, order_id, shipment_id, 'goods' AS kind, position, shipment_line_id, NULL::BIGINT AS order_charge_id,
           '' AS description, quantity, unit_price, tax_rate, NULL::INT AS source_row,
           net_then - CASE WHEN follows THEN net_before ELSE coalesce(net_billed, 0) END AS amount_net,
           money_round(net_then * tax_rate, minor_units, rounding)
           - CASE WHEN follows THEN money_round(net_before * tax_rate, minor_units, rounding) ELSE coalesce(tax_billed, 0) END AS amount_tax
      FROM priced
     UNION ALL
    SELECT coalesce(shipment_id, -order_id) AS document, order_id, shipment_id, kind, position, NULL::BIGINT AS shipment_line_id,
           order_charge_id, description, quantity, unit_price, tax_rate, source_row, amount_net, amount_tax
      FROM charge
), drafted AS (
    INSERT INTO sales_invoice (company_id, kind, customer_id, order_id, shipment_id, currency, exchange_rate, drafted_at, issued_on, due_on,
                               amount_net, amount_tax, amount_gross)
    SELECT %(company_id)s::INT, CASE WHEN total.amount_net + total.amount_tax < 0 THEN 'credit_note' ELSE 'invoice' END,
           sales_order.customer_id, sales_order.id, total.shipment_id, sales_order.currency, sales_order.exchange_rate,
           %(at)s::TIMESTAMPTZ, %(issued_on)s::DATE, %(issued_on)s::DATE + sales_order.payment_terms_days,
           total.amount_net, total.amount_tax, total.amount_net + total.amount_tax
      FROM (SELECT document, order_id, shipment_id, sum(amount_net) AS amount_net, sum(amount_tax) AS amount_tax
              FROM bill_line
             GROUP BY document, order_id, shipment_id) AS total
      JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = total.order_id
     ORDER BY sales_order.id, total.shipment_id
    RETURNING id, order_id, shipment_id, coalesce(shipment_id, -order_id) AS document, kind, amount_gross
), drafted_line AS (
    INSERT INTO sales_invoice_line (company_id, invoice_id, position, kind, shipment_line_id, order_charge_id, description, quantity,
                                    unit_price, tax_rate, amount_net, amount_tax, source_row)
    SELECT %(company_id)s::INT, drafted.id,
           row_number() OVER (PARTITION BY drafted.id
                                  ORDER BY bill_line.order_charge_id NULLS FIRST, bill_line.position, bill_line.shipment_line_id),
           bill_line.kind, bill_line.shipment_line_id, bill_line.order_charge_id, bill_line.description, bill_line.quantity,
           bill_line.unit_price, bill_line.tax_rate, bill_line.amount_net, bill_line.amount_tax, bill_line.source_row
      FROM bill_line
      -- Each has its other half. FULL, because that is never a nested loop, however few rows the planner expects.
      FULL JOIN drafted ON drafted.document = bill_line.document
), counted AS (
    UPDATE sales_order_line AS line SET invoiced = line.invoiced + billed.quantity
      FROM (SELECT order_line_id, sum(quantity) AS quantity FROM goods GROUP BY order_line_id) AS billed
     WHERE line.company_id = %(company_id)s::INT AND line.id = billed.order_line_id
)
SELECT coalesce(asked.order_id, drafted.order_id) AS order_id, asked.shipment_id, asked.state AS shipment_state,
       asked.former_id, drafted.id AS invoice_id, drafted.kind,
       drafted.amount_gross
  FROM asked
  FULL JOIN drafted ON drafted.shipment_id = asked.shipment_id
 ORDER BY order_id, shipment_id
