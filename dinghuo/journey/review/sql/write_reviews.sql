-- Write what reviews found: the review, a finding for each rule, holds placed and holds lifted.
-- In:    company_id int, at timestamptz, actor_id int, cause text; order_ids, versions, outcomes: one element an order;
--        finding_order_ids, finding_rule_ids, finding_outcomes, finding_inputs: one element a finding;
--        hold_order_ids, hold_rule_ids, hold_line_ids (null holds the whole order): one element a hold that must stand;
--        lift_rule_ids bigint[]: whose other holds end, those of all rules when null; what people hold stays
-- Out:   nothing
-- Needs: the orders locked
WITH made AS (
    INSERT INTO review (company_id, order_id, order_version, reviewed_at, cause, outcome)
    SELECT %(company_id)s::INT, order_id, version, %(at)s::TIMESTAMPTZ, %(cause)s::TEXT, outcome
      FROM unnest(%(order_ids)s::BIGINT[], %(versions)s::INT[], %(outcomes)s::TEXT[]) AS judged (order_id, version, outcome)
    RETURNING id, order_id
), found AS (
    SELECT order_id, rule_id, outcome, inputs::JSONB AS inputs
      FROM unnest(%(finding_order_ids)s::BIGINT[], %(finding_rule_ids)s::BIGINT[], %(finding_outcomes)s::TEXT[], %(finding_inputs)s::TEXT[])
           AS finding (order_id, rule_id, outcome, inputs)
), finding AS (
    INSERT INTO review_finding (company_id, review_id, rule_id, outcome, inputs)
    SELECT %(company_id)s::INT, made.id, found.rule_id, found.outcome, found.inputs
      FROM found
      JOIN made ON made.order_id = found.order_id
), standing AS (
    SELECT order_id, rule_id, order_line_id
      FROM unnest(%(hold_order_ids)s::BIGINT[], %(hold_rule_ids)s::BIGINT[], %(hold_line_ids)s::BIGINT[])
           AS hold (order_id, rule_id, order_line_id)
), lifted AS (
    UPDATE hold
       SET lifted_at = %(at)s::TIMESTAMPTZ, lifted_by_id = %(actor_id)s::INT, lifted_because = 'cause_gone'
     WHERE company_id = %(company_id)s::INT AND order_id = ANY(%(order_ids)s::BIGINT[]) AND lifted_at IS NULL
       AND rule_id IS NOT NULL
       AND (%(lift_rule_ids)s::BIGINT[] IS NULL OR rule_id = ANY(%(lift_rule_ids)s::BIGINT[]))
       AND (order_id, rule_id, coalesce(order_line_id, 0)) NOT IN (
           SELECT order_id, rule_id, coalesce(order_line_id, 0) FROM standing)
)
INSERT INTO hold (company_id, order_id, order_line_id, rule_id, placed_at)
SELECT %(company_id)s::INT, order_id, order_line_id, rule_id, %(at)s::TIMESTAMPTZ
  FROM standing
ON CONFLICT DO NOTHING
