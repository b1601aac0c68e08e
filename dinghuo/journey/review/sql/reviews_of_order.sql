-- Tell how an order was judged, first to last: each review with what every rule found.
-- In:    company_id integer, order_id bigint, count integer
-- Out:   review_id bigint, order_version integer, reviewed_at timestamptz, cause text, outcome text, rule text (its code),
--        rule_version integer, finding text, inputs jsonb (the figures compared); one row per finding, at most count rows
-- Needs: nothing
SELECT
    review.id AS review_id, review.order_version, review.reviewed_at, review.cause, review.outcome, review_rule.code AS rule,
    review_rule.version AS rule_version, review_finding.outcome AS finding, review_finding.inputs
  FROM review
 INNER JOIN review_finding ON review_finding.company_id = review.company_id AND review_finding.review_id = review.id
 INNER JOIN review_rule ON review_rule.company_id = review.company_id AND review_rule.id = review_finding.rule_id
 WHERE review.company_id = %(company_id)s::INT AND review.order_id = %(order_id)s::BIGINT
 ORDER BY review.id, review_finding.id
 LIMIT %(count)s::INT
