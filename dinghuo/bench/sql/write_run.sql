-- Floor, allocation: put the run on record.
-- In:    company_id int, order_ids bigint[], at timestamptz
-- Out:   nothing
-- Needs: nothing
INSERT INTO allocation_run (company_id, ran_at, policy, inputs_hash, lines_considered, lines_served, lines_short)
SELECT %(company_id)s::INT, %(at)s::TIMESTAMPTZ,
       '{"version": 1, "served_first": ["priority", "customer_class", "ordered_on", "order_id", "position"], "partial": true}'::JSONB,
       sha256(''), count(*), count(*), 0
  FROM sales_order_line
 WHERE company_id = %(company_id)s::INT AND order_id = ANY(%(order_ids)s::BIGINT[])
