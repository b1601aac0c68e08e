-- Sum what customers owe by how long it is overdue.
-- In:    company_id int, day date, customer_ids bigint[] (null: all)
-- Out:   one row a customer with anything open, by code; see queries.Ageing
-- Needs: nothing
WITH item AS (
    SELECT customer_id, due_on, amount - applied AS open, 0::NUMERIC AS unapplied
      FROM receivable
     WHERE company_id = %(company_id)s::INT AND applied <> amount
       AND (%(customer_ids)s::BIGINT[] IS NULL OR customer_id = ANY(%(customer_ids)s::BIGINT[]))
     UNION ALL
    SELECT customer_id, NULL::DATE AS due_on, 0::NUMERIC AS open, amount - applied AS unapplied
      FROM payment
     WHERE company_id = %(company_id)s::INT AND applied < amount
       AND (%(customer_ids)s::BIGINT[] IS NULL OR customer_id = ANY(%(customer_ids)s::BIGINT[]))
), total AS (
    SELECT customer_id,
           coalesce(sum(open) FILTER (WHERE open > 0 AND due_on >= %(day)s::DATE), 0) AS current,
           coalesce(sum(open) FILTER (WHERE open > 0 AND %(day)s::DATE - due_on BETWEEN 1 AND 30), 0) AS days_1_to_30,
           coalesce(sum(open) FILTER (WHERE open > 0 AND %(day)s::DATE - due_on BETWEEN 31 AND 60), 0) AS days_31_to_60,
           coalesce(sum(open) FILTER (WHERE open > 0 AND %(day)s::DATE - due_on BETWEEN 61 AND 90), 0) AS days_61_to_90,
           coalesce(sum(open) FILTER (WHERE open > 0 AND %(day)s::DATE - due_on > 90), 0) AS days_over_90,
           coalesce(-sum(open) FILTER (WHERE open < 0), 0) AS credit, sum(unapplied) AS unapplied
      FROM item
     GROUP BY customer_id
)
SELECT total.customer_id, customer.code, customer.name, total.current, total.days_1_to_30, total.days_31_to_60, total.days_61_to_90,
       total.days_over_90, total.credit, total.unapplied
  FROM total
  JOIN customer ON customer.company_id = %(company_id)s::INT AND customer.id = total.customer_id
 ORDER BY customer.code
