-- Sum what customers owed at the end of a day by how long it was overdue then, from documents, applications and reversals up to that day.
-- In:    company_id int, day date, customer_ids bigint[] (null: all)
-- Out:   one row a customer with anything open then, by code; see ageing.Aged
-- Needs: nothing
WITH item AS MATERIALIZED (
    -- What was settled by then and has not moved since is left out unread: moved_on is the last day that anything changed.
    SELECT id, customer_id, due_on, moved_on, amount
      FROM receivable
     WHERE company_id = %(company_id)s::INT AND issued_on <= %(day)s::DATE AND settled_on IS NULL
       AND (%(customer_ids)s::BIGINT[] IS NULL OR customer_id = ANY(%(customer_ids)s::BIGINT[]))
     UNION ALL
    SELECT id, customer_id, due_on, moved_on, amount
      FROM receivable
     WHERE company_id = %(company_id)s::INT AND issued_on <= %(day)s::DATE AND settled_on IS NOT NULL AND moved_on > %(day)s::DATE
       AND (%(customer_ids)s::BIGINT[] IS NULL OR customer_id = ANY(%(customer_ids)s::BIGINT[]))
), money AS MATERIALIZED (
    SELECT id, customer_id, amount
      FROM payment
     WHERE company_id = %(company_id)s::INT AND received_on <= %(day)s::DATE AND applied < amount
       AND (%(customer_ids)s::BIGINT[] IS NULL OR customer_id = ANY(%(customer_ids)s::BIGINT[]))
     UNION ALL
    SELECT id, customer_id, amount
      FROM payment
     WHERE company_id = %(company_id)s::INT AND received_on <= %(day)s::DATE AND applied = amount AND moved_on > %(day)s::DATE
       AND (%(customer_ids)s::BIGINT[] IS NULL OR customer_id = ANY(%(customer_ids)s::BIGINT[]))
), part AS (
    SELECT customer_id, due_on, amount > 0 AS is_debt, amount AS open, 0::NUMERIC AS unapplied
      FROM item
     UNION ALL
    SELECT item.customer_id, item.due_on, item.amount > 0 AS is_debt, -application.amount AS open, 0::NUMERIC AS unapplied
      FROM item
      JOIN payment_application AS application
        ON application.company_id = %(company_id)s::INT AND application.receivable_id = item.id AND application.applied_on <= %(day)s::DATE
     WHERE item.moved_on IS NOT NULL
     UNION ALL
    SELECT item.customer_id, item.due_on, FALSE AS is_debt, application.amount AS open, 0::NUMERIC AS unapplied
      FROM item
      JOIN payment_application AS application
        ON application.company_id = %(company_id)s::INT AND application.credit_id = item.id AND application.applied_on <= %(day)s::DATE
     UNION ALL
    SELECT customer_id, NULL::DATE AS due_on, FALSE AS is_debt, 0::NUMERIC AS open, amount AS unapplied
      FROM money
     UNION ALL
    SELECT money.customer_id, NULL::DATE AS due_on, FALSE AS is_debt, 0::NUMERIC AS open, -application.amount AS unapplied
      FROM money
      JOIN payment_application AS application
        ON application.company_id = %(company_id)s::INT AND application.payment_id = money.id AND application.applied_on <= %(day)s::DATE
     UNION ALL
    SELECT money.customer_id, NULL::DATE AS due_on, FALSE AS is_debt, 0::NUMERIC AS open, -reversal.amount AS unapplied
      FROM money
      JOIN payment_reversal AS reversal
        ON reversal.company_id = %(company_id)s::INT AND reversal.payment_id = money.id AND reversal.reversed_on <= %(day)s::DATE
), total AS (
    SELECT customer_id,
           coalesce(sum(open) FILTER (WHERE is_debt AND due_on >= %(day)s::DATE), 0) AS current,
           coalesce(sum(open) FILTER (WHERE is_debt AND %(day)s::DATE - due_on BETWEEN 1 AND 30), 0) AS days_1_to_30,
           coalesce(sum(open) FILTER (WHERE is_debt AND %(day)s::DATE - due_on BETWEEN 31 AND 60), 0) AS days_31_to_60,
           coalesce(sum(open) FILTER (WHERE is_debt AND %(day)s::DATE - due_on BETWEEN 61 AND 90), 0) AS days_61_to_90,
           coalesce(sum(open) FILTER (WHERE is_debt AND %(day)s::DATE - due_on > 90), 0) AS days_over_90,
           coalesce(-sum(open) FILTER (WHERE NOT is_debt), 0) AS credit, sum(unapplied) AS unapplied, sum(open - unapplied) AS balance
      FROM part
     GROUP BY customer_id
)
SELECT total.customer_id, customer.code, customer.name, customer.name_zh, total.current, total.days_1_to_30, total.days_31_to_60,
       total.days_61_to_90, total.days_over_90, total.credit, total.unapplied, total.balance
  FROM total
  JOIN customer ON customer.company_id = %(company_id)s::INT AND customer.id = total.customer_id
 WHERE total.current <> 0 OR total.days_1_to_30 <> 0 OR total.days_31_to_60 <> 0 OR total.days_61_to_90 <> 0 OR total.days_over_90 <> 0
    OR total.credit <> 0 OR total.unapplied <> 0
 ORDER BY customer.code
