-- The newest orders that were reviewed, with what their first review and people made of them.
-- In:    company_id int, code text (of the rule), kinds text[] (whose figures the rule can be decided on), count int,
--        from_on date, until_on date (of the orders, both included)
-- Out:   order_id bigint, number text, was_broken boolean (this rule, in the first review), decision text (a person's, '' for none),
--        inputs jsonb (what a rule of those kinds stored then, null for none)
-- Needs: nothing
WITH newest AS MATERIALIZED (
    SELECT sales_order.id, sales_order.number
      FROM sales_order
     WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.state <> 'draft'
       AND sales_order.ordered_on BETWEEN %(from_on)s::DATE AND %(until_on)s::DATE
     ORDER BY sales_order.ordered_on DESC, sales_order.id DESC
     LIMIT %(count)s::INT
), first_review AS MATERIALIZED (
    SELECT DISTINCT ON (review.order_id) review.order_id, review.id
      FROM review
     WHERE review.company_id = %(company_id)s::INT AND review.order_id IN (SELECT id FROM newest)
     ORDER BY review.order_id, review.id
), broken AS (
    SELECT first_review.order_id
      FROM first_review
      JOIN review_finding ON review_finding.company_id = %(company_id)s::INT AND review_finding.review_id = first_review.id
      JOIN review_rule ON review_rule.company_id = %(company_id)s::INT AND review_rule.id = review_finding.rule_id
     WHERE review_rule.code = %(code)s::TEXT AND review_finding.outcome <> 'pass'
), stored AS (
    SELECT DISTINCT ON (first_review.order_id) first_review.order_id, review_finding.inputs
      FROM first_review
      JOIN review_finding ON review_finding.company_id = %(company_id)s::INT AND review_finding.review_id = first_review.id
      JOIN review_rule ON review_rule.company_id = %(company_id)s::INT AND review_rule.id = review_finding.rule_id
     WHERE review_rule.kind = ANY(%(kinds)s::TEXT[]) AND review_rule.scope = 'company'
     ORDER BY first_review.order_id, review_finding.id
), decided AS (
    SELECT DISTINCT ON (approval.order_id) approval.order_id, approval.decision
      FROM approval
     WHERE approval.company_id = %(company_id)s::INT AND approval.order_id IN (SELECT id FROM newest)
       AND approval.decision IN ('released', 'rejected')
     ORDER BY approval.order_id, approval.id
)
SELECT newest.id AS order_id, newest.number, broken.order_id IS NOT NULL AS was_broken, coalesce(decided.decision, '') AS decision,
       stored.inputs
  FROM newest
  JOIN first_review ON first_review.order_id = newest.id
  LEFT JOIN broken ON broken.order_id = newest.id
  LEFT JOIN stored ON stored.order_id = newest.id
  LEFT JOIN decided ON decided.order_id = newest.id
 ORDER BY newest.id
