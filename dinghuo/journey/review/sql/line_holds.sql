-- The lines that are on hold, the longest waiting first; by line_hold_open.
-- In:    company_id int, after_id bigint (the hold where the page before ended), count int, order_id bigint (null for all)
-- Out:   id bigint, order_id bigint, number text, order_state text, order_line_id bigint, position int, product text (its code), ordered
--        numeric, allocated numeric (stock units), kind text (the rule's, by_hand for a person's), reason_code text, reason text (a
--        person's), placed_at timestamptz, placed_by_id int; at most count rows
-- Needs: nothing
SELECT
    hold.id, hold.order_id, sales_order.number, sales_order.state AS order_state, hold.order_line_id, line.position,
    product.code AS product, line.ordered, line.allocated, coalesce(review_rule.kind, 'by_hand') AS kind, hold.reason_code,
    hold.placed_because AS reason, hold.placed_at, hold.placed_by_id
  FROM hold
 INNER JOIN sales_order ON sales_order.company_id = hold.company_id AND sales_order.id = hold.order_id
 INNER JOIN sales_order_line AS line ON line.company_id = hold.company_id AND line.id = hold.order_line_id
 INNER JOIN product ON product.company_id = hold.company_id AND product.id = line.product_id
  LEFT JOIN review_rule ON review_rule.company_id = hold.company_id AND review_rule.id = hold.rule_id
 WHERE hold.company_id = %(company_id)s::INT AND hold.lifted_at IS NULL AND hold.order_line_id IS NOT NULL
   AND sales_order.state IN ('submitted', 'held', 'released')
   AND hold.id > %(after_id)s::BIGINT
   AND (%(order_id)s::BIGINT IS NULL OR hold.order_id = %(order_id)s::BIGINT)
 ORDER BY hold.id
 LIMIT %(count)s::INT
