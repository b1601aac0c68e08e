-- What each warehouse has of each product and will have: free stock and what is on its way, less what waits for stock.
-- In:    company_id int
-- Out:   warehouse_id bigint, product_id bigint, position numeric (stock units, may be negative); where there is anything
-- Needs: nothing
SELECT warehouse_id, product_id, sum(units) AS position
  FROM (SELECT warehouse_id, product_id, on_hand - allocated AS units
          FROM stock_level
         WHERE company_id = %(company_id)s::INT
         UNION ALL
        SELECT warehouse_id, product_id, quantity - received
          FROM inbound_supply
         WHERE company_id = %(company_id)s::INT AND received < quantity
         UNION ALL
        SELECT sales_order.warehouse_id, line.product_id, line.allocated - line.ordered
          FROM sales_order
          JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.order_id = sales_order.id
         WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.state = 'released' AND line.allocated < line.ordered
       ) AS part
 GROUP BY warehouse_id, product_id
 ORDER BY warehouse_id, product_id
