-- Page through the orders whose number or customer's reference begins with a text; by order_number_is_unique and order_by_customer_po.
-- A beginning that very many share shows the 1,000 highest of them.
-- In:    company_id integer, states text[], ordered_from date, ordered_until date, customer_ids bigint[] (null for all),
--        reference text, before_on date and before_id bigint (where the page before ended), count integer, on_day date
-- Out:   id bigint; at most count rows, latest first
-- Needs: a reference that is not empty
WITH named AS (
    (SELECT sales_order.id
      FROM sales_order
     WHERE sales_order.company_id = %(company_id)s::INT
       AND sales_order.number >= upper(%(reference)s::TEXT)
       AND sales_order.number < upper(%(reference)s::TEXT) || chr(1114109)
     ORDER BY sales_order.number DESC
     LIMIT 1000)
     UNION
    (SELECT sales_order.id
      FROM sales_order
     WHERE sales_order.company_id = %(company_id)s::INT
       AND sales_order.customer_po <> ''
       AND sales_order.customer_po >= %(reference)s::TEXT
       AND sales_order.customer_po < %(reference)s::TEXT || chr(1114109)
     ORDER BY sales_order.customer_po DESC, sales_order.id DESC
     LIMIT 1000)
     UNION
    SELECT sales_order.id
      FROM sales_order
     WHERE sales_order.company_id = %(company_id)s::INT
       AND sales_order.external_ref = %(reference)s::TEXT
)
SELECT sales_order.id
  FROM named
 INNER JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = named.id
 WHERE sales_order.company_id = %(company_id)s::INT
   AND sales_order.state = ANY(%(states)s::TEXT [])
   AND sales_order.ordered_on BETWEEN %(ordered_from)s::DATE AND %(ordered_until)s::DATE
   AND (sales_order.ordered_on, sales_order.id) < (%(before_on)s::DATE, %(before_id)s::BIGINT)
   AND (%(customer_ids)s::BIGINT [] IS NULL OR sales_order.customer_id = ANY(%(customer_ids)s::BIGINT []))
 ORDER BY sales_order.ordered_on DESC, sales_order.id DESC
 LIMIT %(count)s::INT
