-- The orders that were first released in a time and that people touched before that, each touch with its reason; see touchless_periods.
-- In:    company_id int, from_on date, until_on date (both included, the company's), after_id bigint (the order where the page before
--        ended), count int
-- Out:   id bigint, number text, customer_code text, name text, name_zh text (the customer's), released_at timestamptz, touches text[]
--        (kinds of events by people, in order), reason_codes text[], reasons text[] (parallel to them, '' for none); at most count rows
-- Needs: nothing
WITH zone AS (
    SELECT company.time_zone
      FROM company
     WHERE company.id = %(company_id)s::INT
), first_release AS MATERIALIZED (
    SELECT DISTINCT ON (event.journey_id) event.journey_id AS order_id, event.at AS released_at, event.id
      FROM event
     CROSS JOIN zone
     WHERE event.company_id = %(company_id)s::INT AND event.document = 'sales_order' AND event.kind = 'OrderReleased'
       AND event.journey_id IN (
           SELECT sales_order.id
             FROM sales_order
            WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.id > %(after_id)s::BIGINT
              AND sales_order.created_at < (%(until_on)s::DATE + 1)::TIMESTAMP AT TIME ZONE zone.time_zone)
     ORDER BY event.journey_id, event.id
), touch AS (
    SELECT first_release.order_id, first_release.released_at, array_agg(event.kind::TEXT ORDER BY event.id) AS touches,
           array_agg(coalesce(event.facts ->> 'reason_code', '') ORDER BY event.id) AS reason_codes,
           array_agg(coalesce(event.facts ->> 'reason', event.facts ->> 'question', event.facts ->> 'answer', '') ORDER BY event.id)
               AS reasons
      FROM first_release
     CROSS JOIN zone
     INNER JOIN event
             ON event.company_id = %(company_id)s::INT AND event.journey_id = first_release.order_id
            AND event.id <= first_release.id
     WHERE first_release.released_at >= %(from_on)s::DATE::TIMESTAMP AT TIME ZONE zone.time_zone
       AND first_release.released_at < (%(until_on)s::DATE + 1)::TIMESTAMP AT TIME ZONE zone.time_zone
       AND (event.kind IN ('OrderAmended', 'StepApproved', 'LineHeld', 'QuestionAsked', 'ApproverAsked', 'QuestionAnswered')
            OR event.kind IN ('OrderReleased', 'OrderHeld', 'HoldLifted')
               AND (event.facts ->> 'by_person' = 'true' OR event.kind = 'OrderReleased' AND event.facts ? 'reason'))
     GROUP BY first_release.order_id, first_release.released_at
)
SELECT
    sales_order.id, sales_order.number, customer.code AS customer_code, customer.name, customer.name_zh, touch.released_at,
    touch.touches, touch.reason_codes, touch.reasons
  FROM touch
 INNER JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = touch.order_id
 INNER JOIN customer ON customer.company_id = %(company_id)s::INT AND customer.id = sales_order.customer_id
 ORDER BY sales_order.id
 LIMIT %(count)s::INT
