-- Whether allow and deny lists name each line's product for its customer or the customer's class, on the order's day.
-- In:    company_id int, order_ids bigint[]
-- Out:   line_id bigint, is_allowed boolean, is_denied boolean, has_allow_list boolean; one row a line of a customer with a list
-- Needs: nothing
WITH listed AS MATERIALIZED (
    SELECT judged.id AS order_id, item.product_id, bool_or(item.is_allowed) AS is_allowed, bool_or(NOT item.is_allowed) AS is_denied
      FROM sales_order AS judged
      JOIN customer ON customer.company_id = %(company_id)s::INT AND customer.id = judged.customer_id
      JOIN assortment_item AS item
        ON item.company_id = %(company_id)s::INT
       AND (item.customer_id = customer.id OR item.customer_id IS NULL AND item.customer_class IN (customer.customer_class, ''))
       AND item.valid_from <= judged.ordered_on AND coalesce(item.valid_until, judged.ordered_on) >= judged.ordered_on
     WHERE judged.company_id = %(company_id)s::INT AND judged.id = ANY(%(order_ids)s::BIGINT[])
     GROUP BY judged.id, item.product_id
), has_list AS (
    SELECT order_id, bool_or(is_allowed) AS has_allow_list
      FROM listed
     GROUP BY order_id
)
SELECT line.id AS line_id, coalesce(listed.is_allowed, FALSE) AS is_allowed, coalesce(listed.is_denied, FALSE) AS is_denied,
       has_list.has_allow_list
  FROM has_list
  JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.order_id = has_list.order_id
  LEFT JOIN listed ON listed.order_id = has_list.order_id AND listed.product_id = line.product_id
