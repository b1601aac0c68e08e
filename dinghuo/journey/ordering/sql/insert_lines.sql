-- Write order lines.
-- In:    company_id int;
--        order_ids, positions, product_ids, ordered, prices, rates, nets, taxes, source_rows, kits, per_sets: arrays, one element a line
-- Out:   nothing
-- Needs: their orders written or locked by this transaction
INSERT INTO sales_order_line (company_id, order_id, position, product_id, ordered, unit_price, tax_rate, amount_net, amount_tax, source_row,
                              kit, per_set)
SELECT %(company_id)s::INT, line.order_id, line.position, line.product_id, line.ordered, line.unit_price, line.tax_rate,
       line.net, line.tax, line.source_row, line.kit, line.per_set
  FROM unnest(%(order_ids)s::BIGINT[], %(positions)s::INT[], %(product_ids)s::BIGINT[], %(ordered)s::NUMERIC[], %(prices)s::NUMERIC[],
              %(rates)s::NUMERIC[], %(nets)s::NUMERIC[], %(taxes)s::NUMERIC[], %(source_rows)s::INT[],
              %(kits)s::TEXT[], %(per_sets)s::NUMERIC[])
       AS line (order_id, position, product_id, ordered, unit_price, tax_rate, net, tax, source_row, kit, per_set)
