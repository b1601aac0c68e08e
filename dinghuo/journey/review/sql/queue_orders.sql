-- List the orders that wait for a person, with what each waits for; by order_in_work and hold_by_order.
-- In:    company_id int, order_ids bigint[] (null for all), customer_ids bigint[] (null for all), cause text (a kind of rule, by_hand or
--        approval; empty for all), amount_from numeric, amount_until numeric (company currency, null without bound), held_before timestamptz
--        (null for all), shown text (to_decide: without an open question, asked: with one, mine: approvals of this user, all),
--        user_id int, roles text[] (those that the user acts as today), sort text (age or value), after_key numeric, after_id bigint
--        (where the page before ended), count int
-- Out:   id bigint, number text, ordered_on date, requested_on date, customer_id bigint, customer_code text, name text, name_zh text (the
--        customer's), currency text, amount_gross numeric (its currency), amount numeric (company currency), held_since timestamptz,
--        kinds text[], inputs jsonb[] (for each kind what it found last), step_id bigint, step_role text, is_mine boolean (the step),
--        question text (the latest open one), asked_of text, answer text (of the latest question, empty while open), lines_held int,
--        key numeric (sorts ascending), orders bigint, amount_in_all numeric (of all that the filters leave); at most count rows
-- Needs: nothing
WITH held AS MATERIALIZED (
    SELECT sales_order.id, sales_order.number, sales_order.ordered_on, sales_order.requested_on, sales_order.customer_id,
           sales_order.currency, sales_order.amount_gross, sales_order.created_by_id,
           round(sales_order.amount_gross * sales_order.exchange_rate, 3) AS amount
      FROM sales_order
     WHERE sales_order.company_id = %(company_id)s::INT
       AND sales_order.state IN ('submitted', 'held', 'released') AND sales_order.state = 'held'
       AND (%(order_ids)s::BIGINT[] IS NULL OR sales_order.id = ANY(%(order_ids)s::BIGINT[]))
       AND (%(customer_ids)s::BIGINT[] IS NULL OR sales_order.customer_id = ANY(%(customer_ids)s::BIGINT[]))
), reason AS MATERIALIZED (
    SELECT held.id AS order_id, hold.id, hold.rule_id, coalesce(review_rule.kind, 'by_hand')::TEXT AS kind,
           hold.placed_at AS since,
           hold.order_line_id, hold.placed_because
      FROM held
     INNER JOIN hold ON hold.company_id = %(company_id)s::INT AND hold.order_id = held.id AND hold.lifted_at IS NULL
      LEFT JOIN review_rule ON review_rule.company_id = hold.company_id AND review_rule.id = hold.rule_id
), held_by AS MATERIALIZED (
    SELECT order_id, min(since) AS since, array_agg(kind) AS kinds, count(order_line_id)::INT AS lines_held
      FROM reason
     GROUP BY order_id
), step AS MATERIALIZED (
    SELECT request.order_id, step.id, step.role, step.asked_at, request.amount, request.margin,
           coalesce(held.created_by_id <> %(user_id)s::INT, TRUE)
           AND (step.role = ANY(%(roles)s::TEXT[])
                OR step.level >= 1 AND (matrix.deputies ->> step.role)::INT = %(user_id)s::INT
                OR step.level >= 2 AND coalesce(following.role, 'admin') = ANY(%(roles)s::TEXT[])) AS is_mine
      FROM held
     INNER JOIN approval_request AS request
             ON request.company_id = %(company_id)s::INT AND request.order_id = held.id
            AND request.state IN ('open', 'approved') AND request.state = 'open'
     INNER JOIN approval_matrix AS matrix ON matrix.company_id = request.company_id AND matrix.id = request.matrix_id
     INNER JOIN approval_step AS step
             ON step.company_id = request.company_id AND step.request_id = request.id
            AND step.state = 'waiting' AND step.asked_at IS NOT NULL
      LEFT JOIN approval_step AS following
             ON following.company_id = step.company_id AND following.request_id = step.request_id
            AND following.position = step.position + 1
), question AS MATERIALIZED (
    SELECT DISTINCT ON (held.id) held.id AS order_id, asked.question, asked.asked_of, asked.answer
      FROM held
     INNER JOIN order_question AS asked ON asked.company_id = %(company_id)s::INT AND asked.order_id = held.id
     ORDER BY held.id, asked.answered_at IS NOT NULL, asked.id DESC
), waiting AS MATERIALIZED (
    SELECT held.id, held.number, held.ordered_on, held.requested_on, held.customer_id, held.currency, held.amount_gross, held.amount,
           least(held_by.since, step.asked_at) AS held_since, coalesce(held_by.lines_held, 0) AS lines_held, step.id AS step_id,
           step.role AS step_role, coalesce(step.is_mine, FALSE) AS is_mine, step.amount AS step_amount, step.margin AS step_margin,
           step.asked_at, coalesce(question.question, '') AS question, coalesce(question.asked_of, '') AS asked_of,
           coalesce(question.answer, '') AS answer,
           CASE %(sort)s::TEXT WHEN 'value' THEN -held.amount
                ELSE coalesce(extract(EPOCH FROM least(held_by.since, step.asked_at)), 0) END AS key
      FROM held
      LEFT JOIN held_by ON held_by.order_id = held.id
      LEFT JOIN step ON step.order_id = held.id
      LEFT JOIN question ON question.order_id = held.id
     WHERE (%(cause)s::TEXT = '' OR %(cause)s::TEXT = ANY(held_by.kinds) OR %(cause)s::TEXT = 'approval' AND step.id IS NOT NULL)
       AND (%(amount_from)s::NUMERIC IS NULL OR held.amount >= %(amount_from)s::NUMERIC)
       AND (%(amount_until)s::NUMERIC IS NULL OR held.amount <= %(amount_until)s::NUMERIC)
       AND (%(held_before)s::TIMESTAMPTZ IS NULL OR least(held_by.since, step.asked_at) < %(held_before)s::TIMESTAMPTZ)
       AND CASE %(shown)s::TEXT
           WHEN 'to_decide' THEN question.order_id IS NULL OR question.answer <> ''
           WHEN 'asked' THEN question.order_id IS NOT NULL AND question.answer = ''
           WHEN 'mine' THEN coalesce(step.is_mine, FALSE)
           ELSE TRUE END
), shown AS MATERIALIZED (
    SELECT waiting.id, waiting.number, waiting.ordered_on, waiting.requested_on, waiting.customer_id, waiting.currency,
           waiting.amount_gross, waiting.amount, waiting.held_since, waiting.lines_held, waiting.step_id, waiting.step_role,
           waiting.is_mine, waiting.step_amount, waiting.step_margin, waiting.question, waiting.asked_of, waiting.answer, waiting.key
      FROM waiting
     WHERE (waiting.key, waiting.id) > (%(after_key)s::NUMERIC, %(after_id)s::BIGINT)
     ORDER BY waiting.key, waiting.id
     LIMIT %(count)s::INT
), total AS MATERIALIZED (
    SELECT count(waiting.id) AS orders, coalesce(sum(waiting.amount), 0) AS amount
      FROM waiting
), found AS MATERIALIZED (
    -- What each cause found last is looked for on the page alone.
    SELECT reason.order_id, 0 AS part, reason.id, reason.kind,
           CASE WHEN reason.rule_id IS NULL THEN jsonb_build_object('reason', reason.placed_because) ELSE latest.inputs END AS inputs
      FROM shown
     INNER JOIN reason ON reason.order_id = shown.id
      LEFT JOIN LATERAL (
        SELECT review_finding.inputs
          FROM review
         INNER JOIN review_finding
                 ON review_finding.company_id = review.company_id AND review_finding.review_id = review.id
         WHERE review.company_id = %(company_id)s::INT
           AND review.order_id = reason.order_id
           AND review_finding.rule_id = reason.rule_id
         ORDER BY review.id DESC
         LIMIT 1
     ) AS latest ON TRUE
     UNION ALL
    SELECT shown.id AS order_id, 1 AS part, shown.step_id AS id, 'approval' AS kind,
           jsonb_build_object('amount', shown.step_amount::TEXT, 'margin', shown.step_margin::TEXT, 'role', shown.step_role) AS inputs
      FROM shown
     WHERE shown.step_id IS NOT NULL
), cause AS MATERIALIZED (
    SELECT order_id, array_agg(kind ORDER BY part, id) AS kinds, array_agg(inputs ORDER BY part, id) AS inputs
      FROM found
     GROUP BY order_id
)
SELECT
    shown.id, shown.number, shown.ordered_on, shown.requested_on, shown.customer_id, customer.code AS customer_code,
    customer.name, customer.name_zh, shown.currency, shown.amount_gross, shown.amount, shown.held_since,
    coalesce(cause.kinds, ARRAY[]::TEXT []) AS kinds, coalesce(cause.inputs, ARRAY[]::JSONB []) AS inputs, shown.step_id, shown.step_role,
    shown.is_mine, shown.question, shown.asked_of, shown.answer, shown.lines_held, shown.key, total.orders,
    total.amount AS amount_in_all
  FROM shown
 INNER JOIN customer ON customer.company_id = %(company_id)s::INT AND customer.id = shown.customer_id
  LEFT JOIN cause ON cause.order_id = shown.id
 CROSS JOIN total
 ORDER BY shown.key, shown.id
