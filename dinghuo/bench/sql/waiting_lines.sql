-- Scarcity: give orders lines, each of another product, in an order that differs from order to order.
-- In:    company_id int, order_ids bigint[], lines int (an order)
-- Out:   nothing
-- Needs: products, more than an order has lines, their number not divisible by 7919
INSERT INTO sales_order_line (company_id, order_id, position, product_id, ordered, unit_price, tax_rate, amount_net, amount_tax)
SELECT %(company_id)s::INT, asked.order_id, place.position,
       products.ids[1 + mod((asked.number * %(lines)s::INT + place.position) * 7919, cardinality(products.ids))],
       1 + mod(asked.number * 31 + place.position * 17, 48), 10 + mod(place.position, 7), 0.13, 100, 13
  FROM unnest(%(order_ids)s::BIGINT[]) WITH ORDINALITY AS asked (order_id, number)
 CROSS JOIN generate_series(1, %(lines)s::INT) AS place (position)
 CROSS JOIN (SELECT array_agg(id ORDER BY id) AS ids FROM product WHERE company_id = %(company_id)s::INT) AS products
