-- Everything that decides who may decide approval steps, and whether they still can be decided.
-- In:    company_id int, step_ids bigint[]
-- Out:   id bigint, request_id bigint, order_id bigint, number text, version int, customer_id bigint, order_state text,
--        request_state text, state text, position int, role text, level int, next_role text (admin after the last), deputy_id int,
--        creator_id int, editors int[], sales_person_id int (when the matrix bars it), deciders int[] (of steps before, but for those
--        handed to the next level), is_current boolean, next_step_id bigint (null after the last), escalate_after_hours int,
--        quantity_tolerance numeric, has_holds boolean, is_overridden boolean (a person released this version's holds); in order of id
-- Needs: the orders locked
SELECT
    step.id, request.id AS request_id, sales_order.id AS order_id, sales_order.number, sales_order.version, sales_order.customer_id,
    sales_order.state AS order_state, request.state AS request_state, step.state, step.position::INT AS position, step.role,
    step.level::INT AS level, coalesce(following.role, 'admin')::TEXT AS next_role, (matrix.deputies ->> step.role)::INT AS deputy_id,
    sales_order.created_by_id AS creator_id,
    array(SELECT amendment.amended_by_id
            FROM order_amendment AS amendment
           WHERE amendment.company_id = step.company_id AND amendment.order_id = sales_order.id
             AND amendment.amended_by_id IS NOT NULL
           ORDER BY amendment.version) AS editors,
    sales_person.user_id AS sales_person_id,
    array(SELECT earlier.decided_by_id
            FROM approval_step AS earlier
           WHERE earlier.company_id = step.company_id AND earlier.request_id = request.id
             AND earlier.decided_by_id IS NOT NULL AND earlier.level < 2
           ORDER BY earlier.position) AS deciders,
    step.asked_at IS NOT NULL AS is_current, following.id AS next_step_id, matrix.escalate_after_hours::INT AS escalate_after_hours,
    matrix.quantity_tolerance,
    exists (SELECT FROM hold
             WHERE hold.company_id = step.company_id AND hold.order_id = sales_order.id
               AND hold.order_line_id IS NULL AND hold.lifted_at IS NULL) AS has_holds,
    exists (SELECT FROM approval
             WHERE approval.company_id = step.company_id AND approval.order_id = sales_order.id
               AND approval.decision = 'released' AND approval.order_version = sales_order.version) AS is_overridden
  FROM approval_step AS step
 INNER JOIN approval_request AS request ON request.company_id = step.company_id AND request.id = step.request_id
 INNER JOIN approval_matrix AS matrix ON matrix.company_id = request.company_id AND matrix.id = request.matrix_id
 INNER JOIN sales_order ON sales_order.company_id = request.company_id AND sales_order.id = request.order_id
  LEFT JOIN approval_step AS following
         ON following.company_id = step.company_id AND following.request_id = step.request_id
        AND following.position = step.position + 1
  LEFT JOIN sales_person
         ON sales_person.company_id = sales_order.company_id AND sales_person.customer_id = sales_order.customer_id
        AND matrix.bars_sales_person
 WHERE step.company_id = %(company_id)s::INT AND step.id = ANY(%(step_ids)s::BIGINT[])
 ORDER BY step.id
