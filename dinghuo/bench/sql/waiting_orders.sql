-- Scarcity: write released orders that wait, of the company's customers and warehouses in turn.
-- In:    company_id int, at timestamptz, today date, orders int, mark text (what their numbers begin with)
-- Out:   id bigint
-- Needs: customers and warehouses
INSERT INTO sales_order (company_id, number, customer_id, warehouse_id, currency, ordered_on, requested_on, state, priority, created_at)
SELECT %(company_id)s::INT, %(mark)s::TEXT || turn.number, customers.ids[1 + mod(turn.number, cardinality(customers.ids))],
       warehouses.ids[1 + mod(turn.number, cardinality(warehouses.ids))], 'CNY', %(today)s::DATE - mod(turn.number, 60),
       %(today)s::DATE + mod(turn.number, 37), 'released', 1 + mod(turn.number, 9), %(at)s::TIMESTAMPTZ
  FROM generate_series(1, %(orders)s::INT) AS turn (number)
 CROSS JOIN (SELECT array_agg(id ORDER BY id) AS ids FROM customer WHERE company_id = %(company_id)s::INT) AS customers
 CROSS JOIN (SELECT array_agg(id ORDER BY id) AS ids FROM warehouse WHERE company_id = %(company_id)s::INT) AS warehouses
RETURNING id
