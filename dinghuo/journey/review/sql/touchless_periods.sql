-- How many orders were first released in each period, and how many of them by no hand; days are the company's.
-- In:    company_id int, from_on date, until_on date (both included), step text (day, week or month)
-- Out:   from_on date (the period's first day), released bigint, touchless bigint; one row a period with a release, first to last
-- Needs: nothing
-- Entering and submitting an order is the customer's or the seller's wish, not a touch; all that a person does to it after that is one.
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
            WHERE sales_order.company_id = %(company_id)s::INT
              AND sales_order.created_at < (%(until_on)s::DATE + 1)::TIMESTAMP AT TIME ZONE zone.time_zone)
     ORDER BY event.journey_id, event.id
), touched AS (
    SELECT DISTINCT first_release.order_id
      FROM first_release
     INNER JOIN event
             ON event.company_id = %(company_id)s::INT AND event.journey_id = first_release.order_id
            AND event.id <= first_release.id
     WHERE event.kind IN ('OrderAmended', 'StepApproved', 'LineHeld', 'QuestionAsked', 'ApproverAsked', 'QuestionAnswered')
        OR event.kind IN ('OrderReleased', 'OrderHeld', 'HoldLifted')
           AND (event.facts ->> 'by_person' = 'true' OR event.kind = 'OrderReleased' AND event.facts ? 'reason')
)
SELECT
    date_trunc(%(step)s::TEXT, first_release.released_at AT TIME ZONE zone.time_zone)::DATE AS from_on, count(*) AS released,
    count(*) FILTER (WHERE touched.order_id IS NULL) AS touchless
  FROM first_release
 CROSS JOIN zone
  LEFT JOIN touched ON touched.order_id = first_release.order_id
 WHERE first_release.released_at >= %(from_on)s::DATE::TIMESTAMP AT TIME ZONE zone.time_zone
   AND first_release.released_at < (%(until_on)s::DATE + 1)::TIMESTAMP AT TIME ZONE zone.time_zone
 GROUP BY date_trunc(%(step)s::TEXT, first_release.released_at AT TIME ZONE zone.time_zone)
 ORDER BY from_on
