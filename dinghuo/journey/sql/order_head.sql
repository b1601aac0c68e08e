-- Show one order: parties, terms, amounts.
-- In:    company_id integer, order_id bigint, only_customer bigint (null for staff: then any customer's)
-- Out:   id bigint, number text, state text, version integer, source text, external_ref text, customer_id bigint, customer text (its
--        code), warehouse text (its code), customer_po text, currency text, ordered_on date, requested_on date,
--        payment_terms_days smallint, cash_discount_rate numeric, cash_discount_days smallint, incoterm text, freight_payer text,
--        ship_to_name text, ship_to_address text, ship_to_city text, ship_to_region text, ship_to_postcode text, ship_to_country text,
--        amount_net numeric, amount_tax numeric, amount_gross numeric, invoiced_gross numeric, paid_gross numeric (settled of posted
--        documents), minor_units smallint; amounts in the order's currency; one row, or none
-- Needs: nothing
SELECT
    sales_order.id, sales_order.number, sales_order.state, sales_order.version, sales_order.source, sales_order.external_ref,
    sales_order.customer_id, customer.code AS customer, warehouse.code AS warehouse, sales_order.customer_po, sales_order.currency,
    sales_order.ordered_on, sales_order.requested_on, sales_order.payment_terms_days,
    trim_scale(sales_order.cash_discount_rate) AS cash_discount_rate, sales_order.cash_discount_days, sales_order.incoterm,
    sales_order.freight_payer, sales_order.ship_to_name, sales_order.ship_to_address, sales_order.ship_to_city,
    sales_order.ship_to_region, sales_order.ship_to_postcode, sales_order.ship_to_country,
    round(sales_order.amount_net, currency.minor_units::INT) AS amount_net,
    round(sales_order.amount_tax, currency.minor_units::INT) AS amount_tax,
    round(sales_order.amount_gross, currency.minor_units::INT) AS amount_gross,
    round(sales_order.invoiced_gross, currency.minor_units::INT) AS invoiced_gross,
    (
        SELECT round(coalesce(sum(receivable.applied), 0), currency.minor_units::INT)
          FROM sales_invoice
         INNER JOIN receivable ON receivable.company_id = sales_invoice.company_id AND receivable.invoice_id = sales_invoice.id
         WHERE sales_invoice.company_id = sales_order.company_id AND sales_invoice.order_id = sales_order.id
    ) AS paid_gross,
    currency.minor_units
  FROM sales_order
 INNER JOIN currency ON currency.code = sales_order.currency
 INNER JOIN customer ON customer.company_id = sales_order.company_id AND customer.id = sales_order.customer_id
 INNER JOIN warehouse ON warehouse.company_id = sales_order.company_id AND warehouse.id = sales_order.warehouse_id
 WHERE sales_order.company_id = %(company_id)s::INT
   AND sales_order.id = %(order_id)s::BIGINT
   AND (%(only_customer)s::BIGINT IS NULL OR sales_order.customer_id = %(only_customer)s::BIGINT)
