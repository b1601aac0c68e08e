-- Floor, payment: tell the customers what happened to their orders.
-- In:    company_id int, order_ids bigint[], at timestamptz
-- Out:   nothing
-- Needs: the events recorded
INSERT INTO notification (company_id, order_id, event_id, kind, queued_at, sent_at)
SELECT %(company_id)s::INT, journey_id, id, kind, %(at)s::TIMESTAMPTZ, %(at)s::TIMESTAMPTZ
  FROM event
 WHERE company_id = %(company_id)s::INT AND journey_id = ANY(%(order_ids)s::BIGINT[])
   AND kind IN ('OrderReleased', 'ShipmentDispatched', 'ShipmentDelivered', 'InvoicePosted')
