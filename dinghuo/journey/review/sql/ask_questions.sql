-- Ask a question about held orders, and put it on record with the decisions.
-- In:    company_id int, order_ids bigint[], versions int[], asked_of text (sales or customer), question text, reason_code text,
--        at timestamptz, actor_id int
-- Out:   nothing
-- Needs: the orders locked
WITH asked AS (
    INSERT INTO order_question (company_id, order_id, asked_of, question, asked_at, asked_by_id)
    SELECT %(company_id)s::INT, order_id, %(asked_of)s::TEXT, %(question)s::TEXT, %(at)s::TIMESTAMPTZ, %(actor_id)s::INT
      FROM unnest(%(order_ids)s::BIGINT[]) AS wanted (order_id)
)
INSERT INTO approval (company_id, order_id, order_version, decision, reason_code, reason, decided_at, decided_by_id)
SELECT %(company_id)s::INT, order_id, version, 'asked', %(reason_code)s::TEXT, %(question)s::TEXT, %(at)s::TIMESTAMPTZ,
       %(actor_id)s::INT
  FROM unnest(%(order_ids)s::BIGINT[], %(versions)s::INT[]) AS decided (order_id, version)
