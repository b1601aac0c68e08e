-- Every finding of an order's reviews with the version of the rule that made it, first to last.
-- In:    company_id int, order_id bigint
-- Out:   review_id bigint, reviewed_at timestamptz, cause text, review_outcome text, order_version int, code text, version int,
--        kind text, outcome text, inputs jsonb, parameters jsonb; one row a finding
-- Needs: nothing
SELECT review.id AS review_id, review.reviewed_at, review.cause, review.outcome AS review_outcome, review.order_version,
       review_rule.code, review_rule.version, review_rule.kind, review_finding.outcome, review_finding.inputs, review_rule.parameters
  FROM review
  JOIN review_finding ON review_finding.company_id = %(company_id)s::INT AND review_finding.review_id = review.id
  JOIN review_rule ON review_rule.company_id = %(company_id)s::INT AND review_rule.id = review_finding.rule_id
 WHERE review.company_id = %(company_id)s::INT AND review.order_id = %(order_id)s::BIGINT
 ORDER BY review.id, review_finding.id
