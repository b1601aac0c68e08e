-- Show one order: parties, terms, amounts.
-- In:    company_id integer, order_id bigint, customer_id bigint (null for staff: then any customer's)
-- Out:   id bigint, number text, state text, version integer, source text, external_ref text, customer_id bigint, customer_code text,
--        name text, name_zh text (the customer's), warehouse_code text, customer_po text, currency text, ordered_on date,
--        requested_on date, payment_terms_days integer, cash_discount_rate numeric, cash_discount_days integer, incoterm text,
--        freight_payer text, ship_to_name text, ship_to_address text, ship_to_city text, ship_to_region text, ship_to_postcode text,
--        ship_to_country text, amount_net numeric, amount_tax numeric, amount_gross numeric, invoiced_gross numeric,
--        paid_gross numeric (settled of posted invoices), lines integer; one row, or none
-- Needs: nothing
SELECT
    sales_order.id, sales_order.number, sales_order.state, sales_order.version, sales_order.source, sales_order.external_ref,
    sales_order.customer_id, customer.code AS customer_code, customer.name, customer.name_zh, warehouse.code AS warehouse_code,
    sales_order.customer_po, sales_order.currency, sales_order.ordered_on, sales_order.requested_on,
    sales_order.payment_terms_days, sales_order.cash_discount_rate, sales_order.cash_discount_days, sales_order.incoterm,
    sales_order.freight_payer, sales_order.ship_to_name, sales_order.ship_to_address, sales_order.ship_to_city,
    sales_order.ship_to_region, sales_order.ship_to_postcode, sales_order.ship_to_country, sales_order.amount_net,
    sales_order.amount_tax, sales_order.amount_gross, sales_order.invoiced_gross,
    (
        SELECT coalesce(sum(receivable.applied), 0)
          FROM sales_invoice
         INNER JOIN receivable
                 ON receivable.company_id = sales_invoice.company_id AND receivable.invoice_id = sales_invoice.id
         WHERE sales_invoice.company_id = sales_order.company_id AND sales_invoice.order_id = sales_order.id
    ) AS paid_gross,
    (
        SELECT count(*)::INT
          FROM sales_order_line AS line
         WHERE line.company_id = sales_order.company_id AND line.order_id = sales_order.id
    ) AS lines
  FROM sales_order
 INNER JOIN customer ON customer.company_id = sales_order.company_id AND customer.id = sales_order.customer_id
 INNER JOIN warehouse ON warehouse.company_id = sales_order.company_id AND warehouse.id = sales_order.warehouse_id
 WHERE sales_order.company_id = %(company_id)s::INT
   AND sales_order.id = %(order_id)s::BIGINT
   AND (%(customer_id)s::BIGINT IS NULL OR sales_order.customer_id = %(customer_id)s::BIGINT)
