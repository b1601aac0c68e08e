-- Put a person's decision about held orders on record, and lift their holds; a line that a person holds waits on after a release.
-- In:    company_id int, order_ids bigint[], versions int[], decision text, reason_code text, reason text, at timestamptz, actor_id int
-- Out:   nothing
-- Needs: the orders locked
WITH lifted AS (
    UPDATE hold
       SET lifted_at = %(at)s::TIMESTAMPTZ, lifted_by_id = %(actor_id)s::INT, lifted_because = %(reason)s::TEXT
     WHERE company_id = %(company_id)s::INT AND order_id = ANY(%(order_ids)s::BIGINT[]) AND lifted_at IS NULL
       AND (rule_id IS NOT NULL OR order_line_id IS NULL OR %(decision)s::TEXT = 'rejected')
)
INSERT INTO approval (company_id, order_id, order_version, decision, reason_code, reason, decided_at, decided_by_id)
SELECT %(company_id)s::INT, order_id, version, %(decision)s::TEXT, %(reason_code)s::TEXT, %(reason)s::TEXT,
       %(at)s::TIMESTAMPTZ, %(actor_id)s::INT
  FROM unnest(%(order_ids)s::BIGINT[], %(versions)s::INT[]) AS decided (order_id, version)
