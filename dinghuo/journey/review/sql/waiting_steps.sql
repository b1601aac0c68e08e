-- List the approvals that orders wait for now, the longest waiting first: one step an order.
-- In:    company_id int, after_id bigint (the step where the page before ended), count int, order_id bigint (null for all)
-- Out:   id bigint, order_id bigint, number text, order_version int, customer text (its code), role text, position int, level int,
--        amount numeric (gross, company currency), margin numeric (a share of net), customer_class text, asked_at timestamptz,
--        due_at timestamptz; at most count rows
-- Needs: nothing
SELECT
    step.id, request.order_id, sales_order.number, request.order_version, customer.code AS customer, step.role,
    step.position::INT AS position, step.level::INT AS level, request.amount, request.margin, request.customer_class, step.asked_at,
    step.due_at
  FROM approval_request AS request
 INNER JOIN approval_step AS step
         ON step.company_id = request.company_id AND step.request_id = request.id
        AND step.state = 'waiting' AND step.asked_at IS NOT NULL
 INNER JOIN sales_order ON sales_order.company_id = request.company_id AND sales_order.id = request.order_id
 INNER JOIN customer ON customer.company_id = sales_order.company_id AND customer.id = sales_order.customer_id
 WHERE request.company_id = %(company_id)s::INT
   AND request.state IN ('open', 'approved') AND request.state = 'open'
   AND sales_order.state = 'held'
   AND step.id > %(after_id)s::BIGINT
   AND (%(order_id)s::BIGINT IS NULL OR request.order_id = %(order_id)s::BIGINT)
 ORDER BY step.id
 LIMIT %(count)s::INT
