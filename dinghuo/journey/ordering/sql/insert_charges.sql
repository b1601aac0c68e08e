-- Write order charges.
-- In:    company_id int;
--        order_ids, positions, kinds, descriptions, quantities, prices, rates, nets, taxes, source_rows: arrays, one element a charge
-- Out:   nothing
-- Needs: their orders written by this transaction
INSERT INTO order_charge (company_id, order_id, position, kind, description, quantity, unit_price, tax_rate, amount_net, amount_tax,
                          source_row)
SELECT %(company_id)s::INT, charge.order_id, charge.position, charge.kind, charge.description, charge.quantity, charge.unit_price,
       charge.tax_rate,
       charge.net, charge.tax, charge.source_row
  FROM unnest(%(order_ids)s::BIGINT[], %(positions)s::INT[], %(kinds)s::TEXT[], %(descriptions)s::TEXT[], %(quantities)s::NUMERIC[],
              %(prices)s::NUMERIC[], %(rates)s::NUMERIC[], %(nets)s::NUMERIC[], %(taxes)s::NUMERIC[], %(source_rows)s::INT[])
       AS charge (order_id, position, kind, description, quantity, unit_price, tax_rate, net, tax, source_row)
