-- Ask for the approvals of orders: a request an order, and its steps, of which the first is asked at once.
-- In:    company_id int, matrix_id bigint, at timestamptz, due_at timestamptz; order_ids, versions, amounts, margins, classes, snapshots,
--        digests: one element an order; step_order_ids, positions, roles: one element a step
-- Out:   nothing
-- Needs: the orders locked, without a live request
WITH made AS (
    INSERT INTO approval_request (company_id, order_id, matrix_id, order_version, amount, margin, customer_class, snapshot,
                                  snapshot_hash, requested_at)
    SELECT %(company_id)s::INT, asked.order_id, %(matrix_id)s::BIGINT, asked.version, asked.amount, asked.margin, asked.customer_class,
           asked.contents::JSONB, asked.digest, %(at)s::TIMESTAMPTZ
      FROM unnest(%(order_ids)s::BIGINT[], %(versions)s::INT[], %(amounts)s::NUMERIC[], %(margins)s::NUMERIC[], %(classes)s::TEXT[],
                  %(snapshots)s::TEXT[], %(digests)s::TEXT[])
           AS asked (order_id, version, amount, margin, customer_class, contents, digest)
    RETURNING id, order_id
)
INSERT INTO approval_step (company_id, request_id, position, role, asked_at, due_at)
SELECT
    %(company_id)s::INT, made.id, step.position, step.role,
    CASE WHEN step.position = 1 THEN %(at)s::TIMESTAMPTZ END,
    CASE WHEN step.position = 1 THEN %(due_at)s::TIMESTAMPTZ END
  FROM unnest(%(step_order_ids)s::BIGINT[], %(positions)s::INT[], %(roles)s::TEXT[]) AS step (order_id, position, role)
 INNER JOIN made ON made.order_id = step.order_id
