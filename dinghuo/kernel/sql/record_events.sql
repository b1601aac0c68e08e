-- Write events of one kind about documents of one sort.
-- In:    company_id int, kind text, document text, actor_id int, at timestamptz, document_ids bigint[], journey_ids bigint[], facts text[]
-- Out:   nothing
-- Needs: the transaction that made them happen
INSERT INTO event (company_id, kind, document, document_id, journey_id, actor_id, at, facts)
SELECT %(company_id)s::INT, %(kind)s::TEXT, %(document)s::TEXT, document_id, journey_id, %(actor_id)s::INT, %(at)s::TIMESTAMPTZ,
       facts::JSONB
  FROM unnest(%(document_ids)s::BIGINT[], %(journey_ids)s::BIGINT[], %(facts)s::TEXT[]) AS happened (document_id, journey_id, facts)
