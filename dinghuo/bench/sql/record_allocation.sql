-- Floor, allocation: record what orders were given.
-- In:    company_id int, order_ids bigint[], at timestamptz
-- Out:   nothing
-- Needs: nothing
INSERT INTO event (company_id, kind, document, document_id, journey_id, at, facts)
SELECT %(company_id)s::INT, 'StockAllocated', 'sales_order', order_id, order_id, %(at)s::TIMESTAMPTZ,
       jsonb_build_object('lines', count(*), 'units', sum(allocated)::TEXT, 'short', '0.000')
  FROM sales_order_line
 WHERE company_id = %(company_id)s::INT AND order_id = ANY(%(order_ids)s::BIGINT[])
 GROUP BY order_id
