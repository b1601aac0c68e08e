-- Write order heads as drafts.
-- In:    company_id int, actor_id int, at timestamptz;
--        numbers, external_refs, sources, customer_ids, warehouse_ids, currencies, customer_pos, ordered_ons, requested_ons, terms, discounts,
--        discount_days, incoterms, freight_payers, names, addresses, cities, regions, postcodes, countries, nets, taxes: arrays, one element an order
-- Out:   id bigint, number text
-- Needs: numbers taken from the series in this transaction
INSERT INTO sales_order (company_id, number, external_ref, source, customer_id, warehouse_id, currency, customer_po, ordered_on,
                         requested_on, payment_terms_days, cash_discount_rate, cash_discount_days, incoterm, freight_payer,
                         ship_to_name, ship_to_address, ship_to_city, ship_to_region, ship_to_postcode, ship_to_country,
                         amount_net, amount_tax, amount_gross, created_at, created_by_id)
SELECT %(company_id)s::INT, head.number, head.external_ref, head.source, head.customer_id, head.warehouse_id, head.currency,
       head.customer_po,
       head.ordered_on, head.requested_on, head.terms, head.discount, head.discount_days, head.incoterm, head.freight_payer,
       head.name, head.address, head.city, head.region, head.postcode, head.country,
       head.net, head.tax, head.net + head.tax, %(at)s::TIMESTAMPTZ, %(actor_id)s::INT
  FROM unnest(%(numbers)s::TEXT[], %(external_refs)s::TEXT[], %(sources)s::TEXT[], %(customer_ids)s::BIGINT[], %(warehouse_ids)s::BIGINT[],
              %(currencies)s::TEXT[], %(customer_pos)s::TEXT[], %(ordered_ons)s::DATE[], %(requested_ons)s::DATE[], %(terms)s::INT[],
              %(discounts)s::NUMERIC[], %(discount_days)s::INT[], %(incoterms)s::TEXT[], %(freight_payers)s::TEXT[],
              %(names)s::TEXT[], %(addresses)s::TEXT[], %(cities)s::TEXT[], %(regions)s::TEXT[], %(postcodes)s::TEXT[],
              %(countries)s::TEXT[],
              %(nets)s::NUMERIC[], %(taxes)s::NUMERIC[])
       AS head (number, external_ref, source, customer_id, warehouse_id, currency, customer_po, ordered_on, requested_on, terms,
                discount, discount_days, incoterm, freight_payer, name, address, city, region, postcode, country, net, tax)
RETURNING id, number
