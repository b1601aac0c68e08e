-- The orders of some customers that were entered within hours of those judged, the judged ones among them, with what they ask for.
-- In:    company_id int, order_ids bigint[], hours int (how far back)
-- Out:   order_id bigint, number text, customer_id bigint, ship_to text, created_at timestamptz, is_judged boolean,
--        content text[] (product and quantity, each pair once); by order
-- Needs: nothing
WITH period AS MATERIALIZED (
    SELECT customer_id, min(created_at) - make_interval(hours => %(hours)s::INT) AS from_at, max(created_at) AS until_at
      FROM sales_order
     WHERE company_id = %(company_id)s::INT AND id = ANY(%(order_ids)s::BIGINT[])
     GROUP BY customer_id
)
SELECT candidate.id AS order_id, candidate.number, candidate.customer_id,
       candidate.ship_to_address || '|' || candidate.ship_to_city AS ship_to, candidate.created_at,
       candidate.id = ANY(%(order_ids)s::BIGINT[]) AS is_judged,
       array(
           SELECT DISTINCT line.product_id || ':' || trim_scale(line.ordered)
             FROM sales_order_line AS line
            WHERE line.company_id = %(company_id)s::INT AND line.order_id = candidate.id) AS content
  FROM period
 CROSS JOIN LATERAL (
       SELECT sales_order.id, sales_order.number, sales_order.customer_id, sales_order.ship_to_address, sales_order.ship_to_city,
              sales_order.created_at
         FROM sales_order
        WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.customer_id = period.customer_id
          AND sales_order.created_at BETWEEN period.from_at AND period.until_at
          AND sales_order.state NOT IN ('cancelled', 'rejected')) AS candidate
 ORDER BY candidate.id
