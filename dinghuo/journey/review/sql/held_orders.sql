-- List the orders on hold with the rules that hold them, the longest waiting first; by order_in_work and hold_by_order.
-- In:    company_id integer, after_on date and after_id bigint (where the page before ended), count integer
-- Out:   id bigint, number text, ordered_on date, customer_code text, name text, name_zh text (the customer's), currency text,
--        amount_gross numeric, kinds text[] (of the holding rules, and approval where people are waited for), inputs jsonb[] (what
--        each found last), held_since timestamptz; at most count rows
-- Needs: nothing
SELECT
    sales_order.id, sales_order.number, sales_order.ordered_on, customer.code AS customer_code, customer.name,
    customer.name_zh, sales_order.currency, sales_order.amount_gross, holding.kinds, holding.inputs, holding.held_since
  FROM sales_order
 INNER JOIN customer ON customer.company_id = sales_order.company_id AND customer.id = sales_order.customer_id
 CROSS JOIN LATERAL (
    SELECT
        coalesce(array_agg(reason.kind ORDER BY reason.part, reason.id), ARRAY[]::TEXT []) AS kinds,
        coalesce(array_agg(reason.inputs ORDER BY reason.part, reason.id), ARRAY[]::JSONB []) AS inputs,
        min(reason.since) AS held_since
      FROM (
        SELECT 0 AS part, hold.id, review_rule.kind::TEXT AS kind, found.inputs, hold.placed_at AS since
          FROM hold
         INNER JOIN review_rule ON review_rule.company_id = hold.company_id AND review_rule.id = hold.rule_id
          LEFT JOIN LATERAL (
            SELECT review_finding.inputs
              FROM review
             INNER JOIN review_finding
                     ON review_finding.company_id = review.company_id AND review_finding.review_id = review.id
             WHERE review.company_id = hold.company_id
               AND review.order_id = hold.order_id
               AND review_finding.rule_id = hold.rule_id
             ORDER BY review.id DESC
             LIMIT 1
         ) AS found ON TRUE
         WHERE hold.company_id = sales_order.company_id AND hold.order_id = sales_order.id AND hold.lifted_at IS NULL
         UNION ALL
        SELECT
            1 AS part, step.id, 'approval' AS kind,
            jsonb_build_object('amount', request.amount::TEXT, 'margin', request.margin::TEXT, 'role', step.role) AS inputs,
            step.asked_at AS since
          FROM approval_request AS request
         INNER JOIN approval_step AS step
                 ON step.company_id = request.company_id AND step.request_id = request.id
                AND step.state = 'waiting' AND step.asked_at IS NOT NULL
         WHERE request.company_id = sales_order.company_id AND request.order_id = sales_order.id
           AND request.state IN ('open', 'approved') AND request.state = 'open'
     ) AS reason
 ) AS holding
 WHERE sales_order.company_id = %(company_id)s::INT
   AND sales_order.state IN ('submitted', 'held', 'released')
   AND sales_order.state = 'held'
   AND (sales_order.ordered_on, sales_order.id) > (%(after_on)s::DATE, %(after_id)s::BIGINT)
 ORDER BY sales_order.ordered_on, sales_order.id
 LIMIT %(count)s::INT
