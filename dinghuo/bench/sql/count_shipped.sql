-- Floor, dispatch: count what of the lines has left.
-- In:    company_id int, order_ids bigint[]
-- Out:   nothing
-- Needs: nothing
UPDATE sales_order_line SET shipped = allocated
 WHERE company_id = %(company_id)s::INT AND order_id = ANY(%(order_ids)s::BIGINT[])
