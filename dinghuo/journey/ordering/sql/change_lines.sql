-- Give lines new quantities, prices and amounts.
-- In:    company_id int, line_ids bigint[], ordered numeric[], prices numeric[], nets numeric[], taxes numeric[]
-- Out:   nothing
-- Needs: the order locked, no line lowered below what is allocated to it
UPDATE sales_order_line AS line
   SET ordered = new.ordered, unit_price = new.unit_price, amount_net = new.net, amount_tax = new.tax
  FROM unnest(%(line_ids)s::BIGINT[], %(ordered)s::NUMERIC[], %(prices)s::NUMERIC[], %(nets)s::NUMERIC[], %(taxes)s::NUMERIC[])
       AS new (line_id, ordered, unit_price, net, tax)
 WHERE line.company_id = %(company_id)s::INT AND line.id = new.line_id
