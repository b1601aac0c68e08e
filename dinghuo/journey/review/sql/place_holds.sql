-- Place holds by a person's decision, which is put on record for each order.
-- In:    company_id int, order_ids bigint[], line_ids bigint[] (null holds the whole order), versions int[] (one element a hold),
--        decision text, reason_code text, reason text, at timestamptz, actor_id int
-- Out:   nothing
-- Needs: the orders locked, none of these held by a person already
WITH wanted AS (
    SELECT order_id, order_line_id, version
      FROM unnest(%(order_ids)s::BIGINT[], %(line_ids)s::BIGINT[], %(versions)s::INT[]) AS asked (order_id, order_line_id, version)
), placed AS (
    INSERT INTO hold (company_id, order_id, order_line_id, placed_at, placed_by_id, reason_code, placed_because)
    SELECT %(company_id)s::INT, order_id, order_line_id, %(at)s::TIMESTAMPTZ, %(actor_id)s::INT, %(reason_code)s::TEXT,
           %(reason)s::TEXT
      FROM wanted
)
INSERT INTO approval (company_id, order_id, order_version, decision, reason_code, reason, decided_at, decided_by_id)
SELECT DISTINCT %(company_id)s::INT, order_id, version, %(decision)s::TEXT, %(reason_code)s::TEXT, %(reason)s::TEXT,
       %(at)s::TIMESTAMPTZ, %(actor_id)s::INT
  FROM wanted
