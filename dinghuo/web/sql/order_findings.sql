-- Show what the latest review of an order found, rule by rule, and which of them still hold it.
-- In:    company_id integer, order_id bigint
-- Out:   kind text (of the rule), code text, version integer, severity text, outcome text, inputs jsonb, reviewed_at timestamptz,
--        is_holding boolean; one row per rule
-- Needs: nothing
WITH latest AS (
    SELECT review.id, review.reviewed_at
      FROM review
     WHERE review.company_id = %(company_id)s::INT AND review.order_id = %(order_id)s::BIGINT
     ORDER BY review.id DESC
     LIMIT 1
)
SELECT
    review_rule.kind, review_rule.code, review_rule.version, review_rule.severity, review_finding.outcome,
    review_finding.inputs, latest.reviewed_at,
    open_hold.id IS NOT NULL AS is_holding
  FROM latest
 INNER JOIN review_finding ON review_finding.company_id = %(company_id)s::INT AND review_finding.review_id = latest.id
 INNER JOIN review_rule ON review_rule.company_id = review_finding.company_id AND review_rule.id = review_finding.rule_id
  LEFT JOIN hold AS open_hold
         ON open_hold.company_id = review_finding.company_id
        AND open_hold.order_id = %(order_id)s::BIGINT
        AND open_hold.rule_id = review_finding.rule_id
        AND open_hold.lifted_at IS NULL
 ORDER BY review_rule.code
