-- Lift holds by a person's decision, which is put on record for each order.
-- In:    company_id int, hold_ids bigint[], order_ids bigint[], versions int[] (one element an order), at timestamptz, actor_id int,
--        reason_code text, reason text
-- Out:   nothing
-- Needs: the orders locked
WITH lifted AS (
    UPDATE hold
       SET lifted_at = %(at)s::TIMESTAMPTZ, lifted_by_id = %(actor_id)s::INT, lifted_because = %(reason)s::TEXT
     WHERE company_id = %(company_id)s::INT AND id = ANY(%(hold_ids)s::BIGINT[]) AND lifted_at IS NULL
)
INSERT INTO approval (company_id, order_id, order_version, decision, reason_code, reason, decided_at, decided_by_id)
SELECT %(company_id)s::INT, order_id, version, 'line_freed', %(reason_code)s::TEXT, %(reason)s::TEXT, %(at)s::TIMESTAMPTZ,
       %(actor_id)s::INT
  FROM unnest(%(order_ids)s::BIGINT[], %(versions)s::INT[]) AS decided (order_id, version)
