-- Stored findings with their rules' parameters, a portion at a time, in order of id.
-- In:    company_id int, after bigint (the last finding of the portion before), count int
-- Out:   id bigint, order_id bigint, code text, version int, kind text, outcome text, inputs jsonb, parameters jsonb
-- Needs: nothing
SELECT review_finding.id, review.order_id, review_rule.code, review_rule.version, review_rule.kind, review_finding.outcome,
       review_finding.inputs, review_rule.parameters
  FROM review_finding
  JOIN review ON review.company_id = %(company_id)s::INT AND review.id = review_finding.review_id
  JOIN review_rule ON review_rule.company_id = %(company_id)s::INT AND review_rule.id = review_finding.rule_id
 WHERE review_finding.company_id = %(company_id)s::INT AND review_finding.id > %(after)s::BIGINT
 ORDER BY review_finding.id
 LIMIT %(count)s::INT
