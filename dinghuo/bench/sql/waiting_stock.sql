-- Scarcity: put so much of what the lines want into stock, spread over the warehouses.
-- In:    company_id int, percent int (of what is wanted of each product)
-- Out:   nothing
-- Needs: the lines
INSERT INTO stock_level (company_id, warehouse_id, product_id, on_hand, cost_amount)
SELECT %(company_id)s::INT, warehouse.id, wanted.product_id,
       ceil(wanted.quantity * %(percent)s::INT / 100 / wanted.warehouses * (1 + mod(wanted.product_id + warehouse.id, 3) * 0.2)), 1000
  FROM (SELECT line.product_id, sum(line.ordered) AS quantity,
               (SELECT count(*) FROM warehouse WHERE company_id = %(company_id)s::INT) AS warehouses
          FROM sales_order_line AS line
         WHERE line.company_id = %(company_id)s::INT
         GROUP BY line.product_id) AS wanted
 CROSS JOIN warehouse
 WHERE warehouse.company_id = %(company_id)s::INT
