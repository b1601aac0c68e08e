-- Orders entered shortly before for the same address that have lines in common: the share of their (product, quantity) pairs in both.
-- In:    company_id int, order_ids bigint[], hours int (how far back)
-- Out:   for_order_id bigint, order_id bigint, number text, likeness numeric (0 to 1), hours_apart numeric
-- Needs: nothing
WITH pair AS MATERIALIZED (
    SELECT judged.id AS for_order_id, other.id AS order_id, other.number,
           round(extract(EPOCH FROM judged.created_at - other.created_at) / 3600, 1) AS hours_apart
      FROM sales_order AS judged
      JOIN sales_order AS other
        ON other.company_id = %(company_id)s::INT AND other.customer_id = judged.customer_id AND other.id < judged.id
       AND other.created_at >= judged.created_at - make_interval(hours => %(hours)s::INT)
       AND other.ship_to_address = judged.ship_to_address AND other.ship_to_city = judged.ship_to_city
       AND other.state NOT IN ('cancelled', 'rejected')
     WHERE judged.company_id = %(company_id)s::INT AND judged.id = ANY(%(order_ids)s::BIGINT[])
), content AS MATERIALIZED (
    SELECT DISTINCT line.order_id, line.product_id, line.ordered
      FROM sales_order_line AS line
     WHERE line.company_id = %(company_id)s::INT
       AND line.order_id IN (SELECT for_order_id FROM pair UNION SELECT order_id FROM pair)
), size AS (
    SELECT order_id, count(*) AS lines
      FROM content
     GROUP BY order_id
), common AS (
    SELECT pair.for_order_id, pair.order_id, count(*) AS lines
      FROM pair
      JOIN content AS mine ON mine.order_id = pair.for_order_id
      JOIN content AS theirs
        ON theirs.order_id = pair.order_id AND theirs.product_id = mine.product_id AND theirs.ordered = mine.ordered
     GROUP BY pair.for_order_id, pair.order_id
)
SELECT pair.for_order_id, pair.order_id, pair.number,
       round(common.lines::NUMERIC / (mine.lines + theirs.lines - common.lines), 4) AS likeness, pair.hours_apart
  FROM pair
  JOIN common ON common.for_order_id = pair.for_order_id AND common.order_id = pair.order_id
  JOIN size AS mine ON mine.order_id = pair.for_order_id
  JOIN size AS theirs ON theirs.order_id = pair.order_id
 ORDER BY pair.for_order_id, pair.order_id
