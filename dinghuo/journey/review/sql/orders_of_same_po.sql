-- Earlier orders of a customer's family with the same PO number, letters and digits alone compared, in any state but set aside.
-- In:    company_id int, order_ids bigint[], days int (how far back)
-- Out:   for_order_id bigint, order_id bigint, number text, likeness numeric (1), hours_apart numeric
-- Needs: nothing
WITH judged AS MATERIALIZED (
    SELECT sales_order.id, sales_order.ordered_on, coalesce(customer.parent_id, customer.id) AS family_id,
           upper(regexp_replace(sales_order.customer_po, '[^[:alnum:]]', '', 'g')) AS po
      FROM sales_order
      JOIN customer ON customer.company_id = %(company_id)s::INT AND customer.id = sales_order.customer_id
     WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.id = ANY(%(order_ids)s::BIGINT[])
       AND sales_order.customer_po <> ''
), earlier AS MATERIALIZED (
    SELECT sales_order.id, sales_order.number, sales_order.ordered_on, coalesce(customer.parent_id, customer.id) AS family_id,
           upper(regexp_replace(sales_order.customer_po, '[^[:alnum:]]', '', 'g')) AS po
      FROM customer
      JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.customer_id = customer.id
     WHERE customer.company_id = %(company_id)s::INT
       AND (coalesce(customer.parent_id, customer.id) IN (SELECT family_id FROM judged)) IS TRUE
       AND sales_order.customer_po <> '' AND sales_order.state NOT IN ('cancelled', 'rejected')
       AND sales_order.ordered_on >= (SELECT min(ordered_on) FROM judged) - %(days)s::INT
)
SELECT judged.id AS for_order_id, earlier.id AS order_id, earlier.number, 1::NUMERIC AS likeness,
       24 * (judged.ordered_on - earlier.ordered_on)::NUMERIC AS hours_apart
  FROM judged
  FULL JOIN earlier ON earlier.family_id = judged.family_id AND earlier.po = judged.po
 WHERE coalesce(judged.po <> '' AND earlier.id < judged.id AND earlier.ordered_on >= judged.ordered_on - %(days)s::INT, FALSE)
 ORDER BY judged.id, earlier.id
