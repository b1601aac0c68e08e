-- Floor, review: put the review of each order on record.
-- In:    company_id int, order_ids bigint[], at timestamptz
-- Out:   nothing
-- Needs: nothing
INSERT INTO review (company_id, order_id, order_version, reviewed_at, cause, outcome)
SELECT %(company_id)s::INT, id, version, %(at)s::TIMESTAMPTZ, 'submitted', 'released'
  FROM sales_order
 WHERE company_id = %(company_id)s::INT AND id = ANY(%(order_ids)s::BIGINT[])
