-- Floor, review: record that orders were submitted and released.
-- In:    company_id int, order_ids bigint[], at timestamptz
-- Out:   nothing
-- Needs: nothing
INSERT INTO event (company_id, kind, document, document_id, journey_id, at)
SELECT %(company_id)s::INT, happened.kind, 'sales_order', asked.id, asked.id, %(at)s::TIMESTAMPTZ
  FROM (VALUES ('OrderSubmitted'), ('OrderReleased')) AS happened (kind)
 CROSS JOIN unnest(%(order_ids)s::BIGINT[]) AS asked (id)
