-- Which of some orders a person entered or changed.
-- In:    company_id int, actor_id int, order_ids bigint[]
-- Out:   order_id bigint, number text; in order of id
-- Needs: the orders locked
SELECT sales_order.id AS order_id, sales_order.number
  FROM sales_order
 WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.id = ANY(%(order_ids)s::BIGINT[])
   AND (sales_order.created_by_id = %(actor_id)s::INT
        OR EXISTS (
            SELECT FROM order_amendment AS amendment
             WHERE amendment.company_id = %(company_id)s::INT AND amendment.order_id = sales_order.id
               AND amendment.amended_by_id = %(actor_id)s::INT))
 ORDER BY sales_order.id
