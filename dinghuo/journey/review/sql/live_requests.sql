-- The approvals that orders wait for, or have: one request an order, by one_live_request_per_order.
-- In:    company_id int, order_ids bigint[]
-- Out:   id bigint, order_id bigint, state text (open or approved), snapshot jsonb, snapshot_hash text, roles text[] (of its steps)
-- Needs: the orders locked when a write depends on it
SELECT
    request.id, request.order_id, request.state, request.snapshot, request.snapshot_hash,
    array_agg(step.role::TEXT ORDER BY step.position) AS roles
  FROM approval_request AS request
 INNER JOIN approval_step AS step ON step.company_id = request.company_id AND step.request_id = request.id
 WHERE request.company_id = %(company_id)s::INT
   AND request.order_id = ANY(%(order_ids)s::BIGINT[])
   AND request.state IN ('open', 'approved')
 GROUP BY request.company_id, request.id
 ORDER BY request.id
