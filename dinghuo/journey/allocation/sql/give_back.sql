-- Take back what orders were given and no shipment has taken up; close their shortages, for they wait no longer.
-- In:    company_id int, at timestamptz, order_ids bigint[]
-- Out:   order_id bigint, lines bigint, units numeric; one row per order that gave something back
-- Needs: the orders and the stock levels of their allocations locked by this transaction
WITH returned AS MATERIALIZED (
    SELECT allocation.id, allocation.order_line_id, allocation.stock_level_id, line.order_id,
           allocation.quantity - allocation.given_back AS quantity
      FROM sales_order_line AS line
      JOIN allocation ON allocation.company_id = %(company_id)s::INT AND allocation.order_line_id = line.id
     WHERE line.company_id = %(company_id)s::INT AND line.order_id = ANY(%(order_ids)s::BIGINT[])
       AND line.allocated > line.shipped AND allocation.given_back < allocation.quantity
       AND NOT EXISTS (
           SELECT FROM shipment_line
            WHERE shipment_line.company_id = %(company_id)s::INT AND shipment_line.allocation_id = allocation.id
              AND NOT shipment_line.is_cancelled)
), allocations AS (
    UPDATE allocation SET given_back = allocation.quantity
      FROM returned
     WHERE allocation.company_id = %(company_id)s::INT AND allocation.id = returned.id
), lines AS (
    UPDATE sales_order_line AS line SET allocated = line.allocated - given.quantity
      FROM (SELECT order_line_id, sum(quantity) AS quantity FROM returned GROUP BY order_line_id) AS given
     WHERE line.company_id = %(company_id)s::INT AND line.id = given.order_line_id
), levels AS (
    UPDATE stock_level SET allocated = stock_level.allocated - freed.quantity
      FROM (SELECT stock_level_id, sum(quantity) AS quantity FROM returned GROUP BY stock_level_id) AS freed
     WHERE stock_level.company_id = %(company_id)s::INT AND stock_level.id = freed.stock_level_id
), closed AS (
    UPDATE shortage SET closed_at = %(at)s::TIMESTAMPTZ
      FROM sales_order_line AS line
     WHERE line.company_id = %(company_id)s::INT AND line.order_id = ANY(%(order_ids)s::BIGINT[])
       AND shortage.company_id = %(company_id)s::INT AND shortage.order_line_id = line.id AND shortage.closed_at IS NULL
)
SELECT order_id, count(DISTINCT order_line_id) AS lines, sum(quantity) AS units
  FROM returned
 GROUP BY order_id
 ORDER BY order_id
