-- Floor, payment: record that orders are closed.
-- In:    company_id int, order_ids bigint[], at timestamptz
-- Out:   nothing
-- Needs: nothing
INSERT INTO event (company_id, kind, document, document_id, journey_id, at)
SELECT %(company_id)s::INT, 'OrderCompleted', 'sales_order', asked.id, asked.id, %(at)s::TIMESTAMPTZ
  FROM unnest(%(order_ids)s::BIGINT[]) AS asked (id)
