-- Tell what happened on an order's way, first to last, as programs read it; by event_by_journey.
-- In:    company_id integer, order_id bigint, after bigint, count integer, kinds text[] (null for all; for a customer, what it may know)
-- Out:   id bigint, kind text, document text, document_id bigint, at timestamptz, actor_id integer, facts jsonb; the last two empty
--        where kinds are given; at most count rows
-- Needs: nothing
SELECT
    id, kind, document, document_id, at,
    CASE WHEN %(kinds)s::TEXT [] IS NULL THEN actor_id END AS actor_id,
    CASE WHEN %(kinds)s::TEXT [] IS NULL THEN facts ELSE '{}'::JSONB END AS facts
  FROM event
 WHERE company_id = %(company_id)s::INT
   AND journey_id = %(order_id)s::BIGINT
   AND id > %(after)s::BIGINT
   AND (%(kinds)s::TEXT [] IS NULL OR kind = ANY(%(kinds)s::TEXT []))
 ORDER BY id
 LIMIT %(count)s::INT
