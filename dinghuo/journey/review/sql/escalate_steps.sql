-- Hand steps that nobody acted on in time to the next who may: first the role's deputy, if it has one, then the next level. By step_by_due.
-- In:    company_id int, at timestamptz
-- Out:   id bigint, order_id bigint, role text, level int (where it is now); one row a step
-- Needs: the orders locked
UPDATE approval_step AS step
   SET level = overdue.level,
       due_at = CASE WHEN overdue.level < 2 THEN %(at)s::TIMESTAMPTZ + make_interval(hours => overdue.hours) END
  FROM (SELECT
            late.id, request.order_id, matrix.escalate_after_hours::INT AS hours,
            CASE WHEN late.level = 0 AND matrix.deputies ? late.role THEN 1 ELSE 2 END AS level
          FROM approval_step AS late
         INNER JOIN approval_request AS request ON request.company_id = late.company_id AND request.id = late.request_id
         INNER JOIN approval_matrix AS matrix ON matrix.company_id = request.company_id AND matrix.id = request.matrix_id
         INNER JOIN sales_order ON sales_order.company_id = request.company_id AND sales_order.id = request.order_id
         WHERE late.company_id = %(company_id)s::INT
           AND late.state = 'waiting'
           AND late.due_at <= %(at)s::TIMESTAMPTZ
           AND request.state = 'open'
           AND sales_order.state = 'held') AS overdue
 WHERE step.company_id = %(company_id)s::INT AND step.id = overdue.id
RETURNING step.id, overdue.order_id, step.role, step.level::INT AS level
