-- Page through the orders of a product, latest first; walks order_by_day backwards, short for a product that sells.
-- In:    company_id integer, states text[], ordered_from date, ordered_until date, customer_ids bigint[] (null for all),
--        product text (its code), before_on date and before_id bigint (where the page before ended), count integer, on_day date
-- Out:   id bigint; at most count rows, latest first
-- Needs: nothing
SELECT sales_order.id
  FROM sales_order
 WHERE sales_order.company_id = %(company_id)s::INT
   AND EXISTS (
       SELECT 1
         FROM sales_order_line
        INNER JOIN product
                ON product.company_id = sales_order_line.company_id AND product.id = sales_order_line.product_id
        WHERE sales_order_line.company_id = sales_order.company_id
          AND sales_order_line.order_id = sales_order.id
          AND product.code = %(product)s::TEXT
   )
   AND sales_order.state = ANY(%(states)s::TEXT [])
   AND sales_order.ordered_on BETWEEN %(ordered_from)s::DATE AND %(ordered_until)s::DATE
   AND (sales_order.ordered_on, sales_order.id) < (%(before_on)s::DATE, %(before_id)s::BIGINT)
   AND (%(customer_ids)s::BIGINT [] IS NULL OR sales_order.customer_id = ANY(%(customer_ids)s::BIGINT []))
 ORDER BY sales_order.ordered_on DESC, sales_order.id DESC
 LIMIT %(count)s::INT
