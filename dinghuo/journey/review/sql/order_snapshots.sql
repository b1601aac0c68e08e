-- What an approval is about: an order's customer, ship-to, terms, amount, and its lines and charges with their prices.
-- In:    company_id int, order_ids bigint[]
-- Out:   order_id bigint, snapshot jsonb (decimals as text); one row an order
-- Needs: the orders locked
WITH billed AS (
    SELECT line.order_id, 0 AS part, line.position,
           jsonb_build_object('line', line.id::TEXT, 'product', line.product_id, 'quantity', line.ordered::TEXT,
                              'price', line.unit_price::TEXT) AS described
      FROM sales_order_line AS line
     WHERE line.company_id = %(company_id)s::INT AND line.order_id = ANY(%(order_ids)s::BIGINT[])
     UNION ALL
    SELECT charge.order_id, 1 AS part, charge.position,
           jsonb_build_object('line', 'charge ' || charge.id, 'product', charge.kind, 'quantity', charge.quantity::TEXT,
                              'price', charge.unit_price::TEXT) AS described
      FROM order_charge AS charge
     WHERE charge.company_id = %(company_id)s::INT AND charge.order_id = ANY(%(order_ids)s::BIGINT[])
)
SELECT
    sales_order.id AS order_id,
    jsonb_build_object(
        'customer', sales_order.customer_id,
        'ship_to', jsonb_build_array(sales_order.ship_to_name, sales_order.ship_to_address, sales_order.ship_to_city,
                                     sales_order.ship_to_country)
                   || CASE WHEN sales_order.ship_to_region || sales_order.ship_to_postcode = '' THEN '[]'::JSONB
                           ELSE jsonb_build_array(sales_order.ship_to_region, sales_order.ship_to_postcode) END,
        'payment_terms_days', sales_order.payment_terms_days,
        'amount', round(sales_order.amount_gross * sales_order.exchange_rate, 3)::TEXT,
        'lines', jsonb_agg(billed.described ORDER BY billed.part, billed.position)) AS snapshot
  FROM sales_order
 INNER JOIN billed ON billed.order_id = sales_order.id
 WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.id = ANY(%(order_ids)s::BIGINT[])
 GROUP BY sales_order.company_id, sales_order.id
 ORDER BY sales_order.id
