-- Tell customers, in their portal, what happened to the named orders; an event is told once.
-- In:    company_id int, at timestamptz, order_ids bigint[]
-- Out:   notification_id bigint, order_id bigint, kind text; one row an event told
-- Needs: nothing; the unique key an_event_is_told_once keeps two runs at once apart
INSERT INTO notification (company_id, order_id, event_id, kind, channel, queued_at, sent_at)
SELECT event.company_id, event.journey_id, event.id, event.kind, 'portal', %(at)s::TIMESTAMPTZ, %(at)s::TIMESTAMPTZ
  FROM event
 WHERE event.company_id = %(company_id)s::INT
   AND event.kind IN ('OrderReleased', 'LineShort', 'ShipmentDispatched', 'ArrivalMoved', 'ShipmentDelivered', 'InvoicePosted',
                      'CreditNotePosted', 'OrderCancelled', 'PromiseMoved', 'CustomerAsked')
   AND event.journey_id = ANY(%(order_ids)s::BIGINT[])
 ORDER BY event.id
ON CONFLICT (company_id, event_id, channel) DO NOTHING
RETURNING id AS notification_id, order_id, kind
