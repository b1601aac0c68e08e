-- Floor, finance: say that orders are billed.
-- In:    company_id int, order_ids bigint[]
-- Out:   nothing
-- Needs: nothing
UPDATE sales_order SET invoiced_gross = amount_gross
 WHERE company_id = %(company_id)s::INT AND id = ANY(%(order_ids)s::BIGINT[])
