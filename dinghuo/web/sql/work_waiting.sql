-- Count what each stage holds and what of it needs a person; each count walks a partial index of what is still open.
-- In:    company_id integer, on_day date
-- Out:   name text, count bigint; one row per kind of work
-- Needs: nothing
SELECT 'drafts' AS name, count(*) AS count
  FROM sales_order
 WHERE company_id = %(company_id)s::INT AND state IN ('draft', 'rejected', 'cancelled') AND state = 'draft'
 UNION ALL
SELECT counted.name, coalesce(sum(work.count), 0)::BIGINT
  FROM (VALUES ('submitted'), ('held'), ('released')) AS counted (name)
  LEFT JOIN (
      SELECT sales_order.state, count(*) AS count
        FROM sales_order
       WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.state IN ('submitted', 'held', 'released')
       GROUP BY sales_order.state
  ) AS work ON work.state = counted.name
 GROUP BY counted.name
 UNION ALL
SELECT 'short', count(*) FROM shortage WHERE company_id = %(company_id)s::INT AND closed_at IS NULL
 UNION ALL
SELECT 'to_dispatch', count(*)
  FROM shipment
 WHERE company_id = %(company_id)s::INT AND state IN ('notice', 'dispatched') AND state = 'notice'
   AND planned_on <= %(on_day)s::DATE
 UNION ALL
SELECT 'planned', count(*)
  FROM shipment
 WHERE company_id = %(company_id)s::INT AND state IN ('notice', 'dispatched') AND state = 'notice'
   AND planned_on > %(on_day)s::DATE
 UNION ALL
SELECT 'on_the_road', count(*)
  FROM shipment
 WHERE company_id = %(company_id)s::INT AND state IN ('notice', 'dispatched') AND state = 'dispatched'
 UNION ALL
SELECT 'invoice_drafts', count(*) FROM sales_invoice WHERE company_id = %(company_id)s::INT AND state = 'draft'
 UNION ALL
SELECT 'open_receivables', count(*)
  FROM receivable
 WHERE company_id = %(company_id)s::INT AND applied <> amount AND amount > 0
 UNION ALL
SELECT 'overdue', count(*)
  FROM receivable
 WHERE company_id = %(company_id)s::INT AND applied <> amount AND amount > 0 AND due_on < %(on_day)s::DATE
 UNION ALL
SELECT 'feedback', count(*) FROM feedback WHERE company_id = %(company_id)s::INT AND answered_at IS NULL
 UNION ALL
SELECT 'cases', count(*) FROM service_case WHERE company_id = %(company_id)s::INT AND state = 'open'
