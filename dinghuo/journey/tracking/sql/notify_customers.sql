-- Tell customers, in their portal, what happened to their orders since the last run; an event is told once.
-- In:    company_id int, at timestamptz
-- Out:   notification_id bigint, order_id bigint, kind text; one row an event told
-- Needs: nothing; the unique key an_event_is_told_once keeps two runs at once apart
WITH told AS (
    SELECT coalesce(max(event_id), 0) AS event_id
      FROM notification
     WHERE company_id = %(company_id)s::INT
)
INSERT INTO notification (company_id, order_id, event_id, kind, channel, queued_at, sent_at)
SELECT event.company_id, event.journey_id, event.id, event.kind, 'portal', %(at)s::TIMESTAMPTZ, %(at)s::TIMESTAMPTZ
  FROM event
 WHERE event.company_id = %(company_id)s::INT
   AND event.kind IN ('OrderReleased', 'LineShort', 'ShipmentDispatched', 'ArrivalMoved', 'ShipmentDelivered', 'InvoicePosted',
                      'CreditNotePosted', 'OrderCancelled', 'PromiseMoved', 'CustomerAsked')
   AND event.journey_id IS NOT NULL
   -- Events are numbered before they commit, so one may appear behind a later one: the last 1,000 numbers are looked at again.
   AND event.id > (SELECT event_id FROM told) - 1000
 ORDER BY event.id
ON CONFLICT (company_id, event_id, channel) DO NOTHING
RETURNING id AS notification_id, order_id, kind
