-- Floor, allocation: promise the stock.
-- In:    company_id int, order_ids bigint[]
-- Out:   nothing
-- Needs: the allocations written
UPDATE stock_level SET allocated = stock_level.allocated + given.quantity
  FROM (SELECT allocation.stock_level_id, sum(allocation.quantity) AS quantity
          FROM sales_order_line AS line
          JOIN allocation ON allocation.company_id = %(company_id)s::INT AND allocation.order_line_id = line.id
         WHERE line.company_id = %(company_id)s::INT AND line.order_id = ANY(%(order_ids)s::BIGINT[])
         GROUP BY allocation.stock_level_id) AS given
 WHERE stock_level.company_id = %(company_id)s::INT AND stock_level.id = given.stock_level_id
