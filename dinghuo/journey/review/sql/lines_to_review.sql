-- The lines to review again of orders amended after their release: those that changed or came since, and those still on hold.
-- In:    company_id int, order_ids bigint[]
-- Out:   order_id bigint, line_ids bigint[]; no row for an order that was never released, which is reviewed whole
-- Needs: the orders locked
WITH last_review AS (
    SELECT DISTINCT ON (review.order_id) review.order_id, review.order_version, review.outcome
      FROM review
     WHERE review.company_id = %(company_id)s::INT AND review.order_id = ANY(%(order_ids)s::BIGINT[])
     ORDER BY review.order_id, review.id DESC
), released AS (
    SELECT last_review.order_id, last_review.order_version
      FROM last_review
     WHERE last_review.outcome = 'released'
        OR EXISTS (SELECT FROM approval
                    WHERE approval.company_id = %(company_id)s::INT AND approval.order_id = last_review.order_id
                      AND approval.decision = 'released' AND approval.order_version >= last_review.order_version)
), changed AS (
    SELECT amendment.order_id, (part.line ->> 'position')::INT AS position
      FROM released
     INNER JOIN order_amendment AS amendment
             ON amendment.company_id = %(company_id)s::INT AND amendment.order_id = released.order_id
            AND amendment.version > released.order_version
     CROSS JOIN LATERAL jsonb_array_elements(amendment.difference) AS part (line)
)
SELECT
    released.order_id,
    array(SELECT line.id
            FROM sales_order_line AS line
           WHERE line.company_id = %(company_id)s::INT AND line.order_id = released.order_id
             AND (line.position IN (SELECT changed.position FROM changed WHERE changed.order_id = released.order_id)
                  OR line.id IN (SELECT hold.order_line_id
                                   FROM hold
                                  WHERE hold.company_id = %(company_id)s::INT AND hold.order_id = released.order_id
                                    AND hold.order_line_id IS NOT NULL AND hold.lifted_at IS NULL))
           ORDER BY line.id) AS line_ids
  FROM released
 ORDER BY released.order_id
