-- Count the lines that a run would decide about, up to a number.
-- In:    company_id int, most int
-- Out:   lines bigint
-- Needs: nothing
SELECT count(*) AS lines
  FROM (SELECT line.id
          FROM sales_order
          JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.order_id = sales_order.id
         WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.state = 'released' AND line.shipped < line.ordered
         ORDER BY line.id
         LIMIT %(most)s::INT) AS waiting
