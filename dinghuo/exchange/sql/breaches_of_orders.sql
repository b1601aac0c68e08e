-- The rules that some orders broke, and at which lines.
-- In:    company_id int, order_ids bigint[]
-- Out:   order_id bigint, code text, lines int[] (positions; empty for a rule about the whole order)
-- Needs: nothing
SELECT review.order_id, review_rule.code::TEXT AS code,
       array(SELECT (part.line ->> 'line')::INT
               FROM jsonb_array_elements(coalesce(review_finding.inputs -> 'broken', '[]')) AS part (line)
              ORDER BY 1) AS lines
  FROM review
 INNER JOIN review_finding ON review_finding.company_id = %(company_id)s::INT AND review_finding.review_id = review.id
 INNER JOIN review_rule ON review_rule.company_id = %(company_id)s::INT AND review_rule.id = review_finding.rule_id
 WHERE review.company_id = %(company_id)s::INT AND review.order_id = ANY(%(order_ids)s::BIGINT[])
   AND review_finding.outcome NOT IN ('pass', 'release')
 ORDER BY review.order_id, review_rule.code
