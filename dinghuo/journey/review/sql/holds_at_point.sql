-- The holds that some rules ever placed on whole orders: open ones, and those that a person lifted.
-- In:    company_id int, order_ids bigint[], rule_codes text[]
-- Out:   order_id bigint, code text, is_open boolean; holds that lifted by themselves are left out
-- Needs: the orders locked
SELECT hold.order_id, review_rule.code, hold.lifted_at IS NULL AS is_open
  FROM hold
  JOIN review_rule ON review_rule.company_id = %(company_id)s::INT AND review_rule.id = hold.rule_id
 WHERE hold.company_id = %(company_id)s::INT AND hold.order_id = ANY(%(order_ids)s::BIGINT[]) AND hold.order_line_id IS NULL
   AND review_rule.code = ANY(%(rule_codes)s::TEXT[]) AND hold.lifted_because <> 'cause_gone'
 ORDER BY hold.id
