-- List the journal after an event, first to last, as programs follow it; walks the primary key.
-- In:    company_id integer, after bigint, count integer, kinds text[] (null for all)
-- Out:   id bigint, kind text, document text, document_id bigint, order_id bigint (null where it is on no order's way),
--        actor_id integer, at timestamptz, facts jsonb; at most count rows
-- Needs: nothing
SELECT id, kind, document, document_id, journey_id AS order_id, actor_id, at, facts
  FROM event
 WHERE company_id = %(company_id)s::INT
   AND id > %(after)s::BIGINT
   AND (%(kinds)s::TEXT [] IS NULL OR kind = ANY(%(kinds)s::TEXT []))
 ORDER BY id
 LIMIT %(count)s::INT
