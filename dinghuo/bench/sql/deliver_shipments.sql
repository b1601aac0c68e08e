-- Floor, dispatch: send the shipments and have them arrive.
-- In:    company_id int, order_ids bigint[], today date
-- Out:   nothing
-- Needs: nothing
UPDATE shipment SET state = 'delivered', dispatched_on = %(today)s::DATE, delivered_on = %(today)s::DATE
 WHERE company_id = %(company_id)s::INT AND order_id = ANY(%(order_ids)s::BIGINT[])
