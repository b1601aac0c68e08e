-- List orders, the newest first, as programs read them; or the one of an id.
-- In:    company_id integer, before bigint, count integer, and filters that null opens: only_id bigint, only_customer and
--        customer_id bigint, customer text (its code), state text, external_ref text, customer_po text, ordered_from date, ordered_until date
-- Out:   id bigint, number text, state text, version integer, customer_id bigint, customer text (its code), customer_po text,
--        external_ref text, warehouse text (its code), currency text, ordered_on date, requested_on date, amount_net numeric,
--        amount_tax numeric, amount_gross numeric, invoiced_gross numeric; amounts in the order's currency; at most count rows
-- Needs: nothing
SELECT
    sales_order.id, sales_order.number, sales_order.state, sales_order.version, sales_order.customer_id, customer.code AS customer,
    sales_order.customer_po, sales_order.external_ref, warehouse.code AS warehouse, sales_order.currency, sales_order.ordered_on,
    sales_order.requested_on,
    round(sales_order.amount_net, currency.minor_units::INT) AS amount_net,
    round(sales_order.amount_tax, currency.minor_units::INT) AS amount_tax,
    round(sales_order.amount_gross, currency.minor_units::INT) AS amount_gross,
    round(sales_order.invoiced_gross, currency.minor_units::INT) AS invoiced_gross
  FROM sales_order
 INNER JOIN currency ON currency.code = sales_order.currency
 INNER JOIN customer ON customer.company_id = sales_order.company_id AND customer.id = sales_order.customer_id
 INNER JOIN warehouse ON warehouse.company_id = sales_order.company_id AND warehouse.id = sales_order.warehouse_id
 WHERE sales_order.company_id = %(company_id)s::INT
   AND sales_order.id < %(before)s::BIGINT
   AND (%(only_id)s::BIGINT IS NULL OR sales_order.id = %(only_id)s::BIGINT)
   AND (%(only_customer)s::BIGINT IS NULL OR sales_order.customer_id = %(only_customer)s::BIGINT)
   AND (%(customer_id)s::BIGINT IS NULL OR sales_order.customer_id = %(customer_id)s::BIGINT)
   AND (%(customer)s::TEXT IS NULL OR customer.code = %(customer)s::TEXT)
   AND (%(state)s::TEXT IS NULL OR sales_order.state = %(state)s::TEXT)
   AND (%(external_ref)s::TEXT IS NULL OR sales_order.external_ref = %(external_ref)s::TEXT)
   AND (%(customer_po)s::TEXT IS NULL OR sales_order.customer_po = %(customer_po)s::TEXT)
   AND (%(ordered_from)s::DATE IS NULL OR sales_order.ordered_on >= %(ordered_from)s::DATE)
   AND (%(ordered_until)s::DATE IS NULL OR sales_order.ordered_on <= %(ordered_until)s::DATE)
 ORDER BY sales_order.id DESC
 LIMIT %(count)s::INT
