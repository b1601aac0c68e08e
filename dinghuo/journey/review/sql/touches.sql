-- The orders that were first released in a period, each with what a person did about it before that.
-- In:    company_id int, from_at timestamptz, until_at timestamptz (the period, its end left out)
-- Out:   order_id bigint, number text, released_at timestamptz, touches text[] (kinds of events by people, in order; none is touchless),
--        reason text (the first that a person gave, '' for none)
-- Needs: nothing
-- Entering and submitting an order is the customer's or the seller's wish, not a touch; all that a person does to it after that is one.
WITH first_release AS MATERIALIZED (
    SELECT DISTINCT ON (event.document_id) event.document_id AS order_id, event.at AS released_at, event.id, event.facts
      FROM event
     WHERE event.company_id = %(company_id)s::INT AND event.document = 'sales_order' AND event.kind = 'OrderReleased'
       AND event.journey_id IN (
           SELECT sales_order.id
             FROM sales_order
            WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.created_at < %(until_at)s::TIMESTAMPTZ)
     ORDER BY event.document_id, event.id
), touch AS (
    SELECT first_release.order_id, array_agg(event.kind::TEXT ORDER BY event.id) AS touches,
           coalesce((array_agg(event.facts ->> 'reason' ORDER BY event.id) FILTER (WHERE event.facts ->> 'reason' <> ''))[1], '')
               AS reason
      FROM first_release
      JOIN event ON event.company_id = %(company_id)s::INT AND event.journey_id = first_release.order_id
                AND event.id <= first_release.id
     WHERE event.kind = 'OrderAmended'
        OR event.kind = 'OrderReleased' AND (event.facts ->> 'by_person' = 'true' OR event.facts ? 'reason')
        OR event.kind IN ('OrderApproved', 'ApprovalGiven', 'HoldLifted')
     GROUP BY first_release.order_id
)
SELECT first_release.order_id, sales_order.number, first_release.released_at, coalesce(touch.touches, '{}') AS touches,
       coalesce(touch.reason, '') AS reason
  FROM first_release
  JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = first_release.order_id
  LEFT JOIN touch ON touch.order_id = first_release.order_id
 WHERE first_release.released_at >= %(from_at)s::TIMESTAMPTZ AND first_release.released_at < %(until_at)s::TIMESTAMPTZ
 ORDER BY first_release.released_at, first_release.order_id
