-- Floor, review: put what each rule found on record; the figures are the order's own, no exposure is summed.
-- In:    company_id int, order_ids bigint[]
-- Out:   nothing
-- Needs: their reviews written
INSERT INTO review_finding (company_id, review_id, rule_id, outcome, inputs)
SELECT %(company_id)s::INT, review.id, rule.id, 'pass',
       jsonb_build_object('open_orders', '0', 'open_receivables', '0', 'order', sales_order.amount_gross::TEXT,
                          'total', sales_order.amount_gross::TEXT)
  FROM review
  JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = review.order_id
  JOIN review_rule AS rule ON rule.company_id = %(company_id)s::INT AND rule.retired_at IS NULL
 WHERE review.company_id = %(company_id)s::INT AND review.order_id = ANY(%(order_ids)s::BIGINT[])
