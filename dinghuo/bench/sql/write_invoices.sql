-- Floor, finance: write a posted invoice for each shipment; one shipment bills its whole order.
-- In:    company_id int, order_ids bigint[], at timestamptz, today date
-- Out:   nothing
-- Needs: the numbers taken
INSERT INTO sales_invoice (company_id, state, number, series_year, series_number, customer_id, order_id, shipment_id, currency, drafted_at,
                           posted_at, issued_on, due_on, amount_net, amount_tax, amount_gross)
SELECT %(company_id)s::INT, 'posted', 'INV' || counter.year || '-' || lpad(billed.number::TEXT, 6, '0'), counter.year, billed.number,
       billed.customer_id, billed.id, billed.shipment_id, billed.currency, %(at)s::TIMESTAMPTZ, %(at)s::TIMESTAMPTZ, %(today)s::DATE,
       %(today)s::DATE + billed.payment_terms_days, billed.amount_net, billed.amount_tax, billed.amount_gross
  FROM number_series AS counter
 CROSS JOIN LATERAL (
       SELECT (counter.next_number - row_number() OVER (ORDER BY sales_order.id DESC))::INT AS number, sales_order.id,
              sales_order.customer_id, sales_order.currency, sales_order.payment_terms_days, sales_order.amount_net,
              sales_order.amount_tax, sales_order.amount_gross, shipment.id AS shipment_id
         FROM sales_order
         JOIN shipment ON shipment.company_id = %(company_id)s::INT AND shipment.order_id = sales_order.id
        WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.id = ANY(%(order_ids)s::BIGINT[])) AS billed
 WHERE counter.company_id = %(company_id)s::INT AND counter.series = 'invoice' AND counter.year = extract(YEAR FROM %(today)s::DATE)
