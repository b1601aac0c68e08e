-- Floor, review: release orders.
-- In:    company_id int, order_ids bigint[]
-- Out:   nothing
-- Needs: nothing
UPDATE sales_order SET state = 'released'
 WHERE company_id = %(company_id)s::INT AND id = ANY(%(order_ids)s::BIGINT[])
