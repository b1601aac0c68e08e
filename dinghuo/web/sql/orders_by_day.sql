-- Page through all orders, latest first; walks the index order_by_day backwards.
-- In:    company_id integer, states text[], ordered_from date, ordered_until date, customer_ids bigint[] (null for all),
--        reference text, before_on date and before_id bigint (where the page before ended), count integer, on_day date
-- Out:   id bigint; at most count rows, latest first
-- Needs: states that most orders are in, or the walk is long
SELECT sales_order.id
  FROM sales_order
 WHERE sales_order.company_id = %(company_id)s::INT
   AND sales_order.state = ANY(%(states)s::TEXT [])
   AND sales_order.ordered_on BETWEEN %(ordered_from)s::DATE AND %(ordered_until)s::DATE
   AND (sales_order.ordered_on, sales_order.id) < (%(before_on)s::DATE, %(before_id)s::BIGINT)
 ORDER BY sales_order.ordered_on DESC, sales_order.id DESC
 LIMIT %(count)s::INT
