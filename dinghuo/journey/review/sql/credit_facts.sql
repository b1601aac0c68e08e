-- What customers owe and have on order, by bucket and day, with the members of their groups where a rule asks for groups.
-- In:    company_id int, customer_ids bigint[], with_groups boolean
-- Out:   one row a customer, as review.rules.facts.CreditFacts; company currency, tax included
-- Needs: the customers locked by a statement before this one
-- What is delivered and not billed, or billed and not posted, is taken out of the open order it belongs to: nothing counts twice.
WITH member AS MATERIALIZED (
    SELECT customer.id, coalesce(customer.parent_id, customer.id) AS group_id
      FROM customer
     WHERE customer.company_id = %(company_id)s::INT
       AND (customer.id = ANY(%(customer_ids)s::BIGINT[])
            OR %(with_groups)s::BOOLEAN AND coalesce(customer.parent_id, customer.id) IN (
                SELECT coalesce(asked.parent_id, asked.id)
                  FROM customer AS asked
                 WHERE asked.company_id = %(company_id)s::INT AND asked.id = ANY(%(customer_ids)s::BIGINT[])))
), item AS MATERIALIZED (
    SELECT open_item.customer_id, open_item.bucket, open_item.order_id, open_item.due_on, open_item.amount, open_item.is_disputed,
           open_item.reference
      FROM customer_open_item AS open_item
     WHERE open_item.company_id = %(company_id)s::INT AND open_item.customer_id = ANY(array(SELECT id FROM member))
), draft AS (
    SELECT order_id, sum(amount) AS amount
      FROM item
     WHERE bucket = 'billed_not_posted'
     GROUP BY order_id
), open_order AS MATERIALIZED (
    SELECT other.id, other.customer_id, coalesce(other.requested_on, other.ordered_on) AS leaves_on,
           (other.amount_gross - other.invoiced_gross) * other.exchange_rate AS amount, coalesce(unbilled.amount, 0) AS delivered
      FROM sales_order AS other
      LEFT JOIN LATERAL (
           SELECT sum(round((line.shipped - line.invoiced) * line.unit_price * (1 + line.tax_rate) * other.exchange_rate, 2)) AS amount
             FROM sales_order_line AS line
            WHERE line.company_id = %(company_id)s::INT AND line.order_id = other.id AND line.shipped > line.invoiced) AS unbilled
        ON TRUE
     WHERE other.company_id = %(company_id)s::INT AND other.state = 'released' AND other.state IN ('submitted', 'held', 'released')
       AND other.customer_id = ANY(array(SELECT id FROM member))
), unreleased AS (
    SELECT customer_id, sum(amount_gross * exchange_rate) AS amount
      FROM sales_order
     WHERE company_id = %(company_id)s::INT AND state IN ('submitted', 'held') AND customer_id = ANY(array(SELECT id FROM member))
     GROUP BY customer_id
), open_day AS (
    SELECT open_order.customer_id, open_order.leaves_on,
           sum(open_order.amount - open_order.delivered - coalesce(draft.amount, 0)) AS amount, sum(open_order.delivered) AS delivered
      FROM open_order
      LEFT JOIN draft ON draft.order_id = open_order.id
     GROUP BY open_order.customer_id, open_order.leaves_on
), on_order AS (
    SELECT customer_id, array_agg(leaves_on ORDER BY leaves_on) AS days, array_agg(amount ORDER BY leaves_on) AS amounts,
           sum(delivered) AS delivered
      FROM open_day
     GROUP BY customer_id
), due_day AS (
    SELECT customer_id, due_on, sum(amount) AS amount, max(amount) AS largest
      FROM item
     WHERE bucket = 'receivable' AND NOT is_disputed
     GROUP BY customer_id, due_on
), due AS (
    SELECT customer_id, array_agg(due_on ORDER BY due_on) AS days, array_agg(amount ORDER BY due_on) AS amounts,
           array_agg(largest ORDER BY due_on) AS largest
      FROM due_day
     GROUP BY customer_id
), owed AS (
    SELECT customer_id, coalesce(sum(amount) FILTER (WHERE bucket = 'receivable'), 0) AS receivables,
           coalesce(sum(amount) FILTER (WHERE bucket = 'billed_not_posted'), 0) AS drafts,
           coalesce(sum(amount) FILTER (WHERE bucket = 'payment'), 0) AS unapplied,
           coalesce(array_agg(reference) FILTER (WHERE bucket = 'payment' AND reference <> ''), '{}') AS paid_for,
           coalesce(array_agg(amount) FILTER (WHERE bucket = 'payment' AND reference <> ''), '{}') AS paid_amounts
      FROM item
     GROUP BY customer_id
)
SELECT member.id AS customer_id, member.group_id, coalesce(unreleased.amount, 0) AS unreleased,
       coalesce(on_order.days, '{}') AS order_days, coalesce(on_order.amounts, '{}') AS order_amounts,
       coalesce(on_order.delivered, 0) AS delivered_not_billed, coalesce(owed.drafts, 0) AS billed_not_posted,
       coalesce(owed.receivables, 0) AS receivables, coalesce(due.days, '{}') AS due_days,
       coalesce(due.amounts, '{}') AS due_amounts, coalesce(due.largest, '{}') AS due_largest,
       coalesce(owed.unapplied, 0) AS unapplied, coalesce(owed.paid_for, '{}') AS paid_for,
       coalesce(owed.paid_amounts, '{}') AS paid_amounts
  FROM member
  LEFT JOIN on_order ON on_order.customer_id = member.id
  LEFT JOIN unreleased ON unreleased.customer_id = member.id
  LEFT JOIN due ON due.customer_id = member.id
  LEFT JOIN owed ON owed.customer_id = member.id
 ORDER BY member.id
