-- The orders with an approval step that nobody acted on in time; by step_by_due.
-- In:    company_id int, at timestamptz
-- Out:   order_id bigint, in order of id
-- Needs: nothing; lock the orders before their steps are changed
SELECT DISTINCT request.order_id
  FROM approval_step AS step
 INNER JOIN approval_request AS request ON request.company_id = step.company_id AND request.id = step.request_id
 INNER JOIN sales_order ON sales_order.company_id = request.company_id AND sales_order.id = request.order_id
 WHERE step.company_id = %(company_id)s::INT
   AND step.state = 'waiting'
   AND step.due_at <= %(at)s::TIMESTAMPTZ
   AND request.state = 'open'
   AND sales_order.state = 'held'
 ORDER BY request.order_id
