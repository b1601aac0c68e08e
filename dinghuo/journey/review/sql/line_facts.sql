-- What the rules look at of each line and its product, with the price agreed on the order's day.
-- In:    company_id int, order_ids bigint[]
-- Out:   one row a line, as review.rules.facts.LineFacts, by order and position
-- Needs: the orders locked
SELECT line.order_id, line.id AS line_id, line.position, line.product_id, product.code AS product, product.category, line.ordered,
       line.unit_price, line.amount_net,
       coalesce(agreed.unit_price, product.list_price) AS agreed_price, agreed.price_until,
       product.standard_cost AS unit_cost, product.is_blocked, product.minimum_quantity, product.case_quantity,
       product.lead_time_days, product.sold_from, product.discontinued_on, product.is_dual_use, product.weight_kg
  FROM sales_order AS judged
  JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.order_id = judged.id
  JOIN product ON product.company_id = %(company_id)s::INT AND product.id = line.product_id
  JOIN customer ON customer.company_id = %(company_id)s::INT AND customer.id = judged.customer_id
  LEFT JOIN LATERAL (
       SELECT (array_agg(item.unit_price ORDER BY item.valid_from DESC)
               FILTER (WHERE item.valid_until IS NULL OR item.valid_until >= judged.ordered_on))[1] AS unit_price,
              CASE WHEN bool_and(item.valid_until IS NOT NULL) THEN max(item.valid_until) END AS price_until
         FROM price_list_item AS item
        WHERE item.company_id = %(company_id)s::INT
          AND item.price_list_id = customer.price_list_id AND item.product_id = line.product_id
          AND item.valid_from <= judged.ordered_on) AS agreed ON customer.price_list_id IS NOT NULL
 WHERE judged.company_id = %(company_id)s::INT AND judged.id = ANY(%(order_ids)s::BIGINT[])
 ORDER BY line.order_id, line.position
