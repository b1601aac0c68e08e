-- Tell what happened on an order's way, first to last; by event_by_journey.
-- In:    company_id integer, order_id bigint, after_id bigint, count integer
-- Out:   id bigint, kind text, document text, document_id bigint, at timestamptz, actor text (user name, null for the system),
--        facts jsonb; at most count rows
-- Needs: nothing
SELECT event.id, event.kind, event.document, event.document_id, event.at, app_user.username AS actor, event.facts
  FROM event
  LEFT JOIN app_user ON app_user.id = event.actor_id
 WHERE event.company_id = %(company_id)s::INT
   AND event.journey_id = %(order_id)s::BIGINT
   AND event.id > %(after_id)s::BIGINT
 ORDER BY event.id
 LIMIT %(count)s::INT
