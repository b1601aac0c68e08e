-- The released orders that a rule, in any of its versions, stops at a door.
-- In:    company_id int, code text (the rule's)
-- Out:   hold_id bigint, order_id bigint; in order of the orders
-- Needs: nothing; lock the orders before their holds are lifted
SELECT hold.id AS hold_id, hold.order_id
  FROM hold
 INNER JOIN review_rule ON review_rule.company_id = hold.company_id AND review_rule.id = hold.rule_id
 INNER JOIN sales_order ON sales_order.company_id = hold.company_id AND sales_order.id = hold.order_id
 WHERE hold.company_id = %(company_id)s::INT AND hold.lifted_at IS NULL AND hold.order_line_id IS NULL
   AND review_rule.code = %(code)s::TEXT
   AND sales_order.state = 'released'
 ORDER BY hold.order_id, hold.id
