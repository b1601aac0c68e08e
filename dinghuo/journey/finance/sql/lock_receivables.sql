-- Lock what some customers owe or are owed, and the receivables of some invoices, settled or not.
-- In:    company_id int, customer_ids bigint[], invoice_ids bigint[] (each once)
-- Out:   invoice_id bigint, invoice_state text, customer_id bigint, order_id bigint, receivable_id bigint (null: the document came to
--        nothing or is not posted), issued_on date, due_on date, open numeric (negative: a credit)
-- Needs: number series, orders and documents locked before
WITH wanted AS (
    -- Two lookups: one with OR would read all that was ever owed.
    SELECT id
      FROM receivable
     WHERE company_id = %(company_id)s::INT AND invoice_id = ANY(%(invoice_ids)s::BIGINT[])
     UNION
    SELECT id
      FROM receivable
     WHERE company_id = %(company_id)s::INT AND customer_id = ANY(%(customer_ids)s::BIGINT[]) AND applied <> amount
), debt AS MATERIALIZED (
    -- What a rival has settled while this waited for its lock is wanted no more, unless its invoice was named.
    SELECT id, invoice_id, amount - applied AS open
      FROM receivable
     WHERE company_id = %(company_id)s::INT AND id IN (SELECT wanted.id FROM wanted)
       AND (invoice_id = ANY(%(invoice_ids)s::BIGINT[]) OR applied <> amount)
     ORDER BY id
       FOR NO KEY UPDATE
), asked AS MATERIALIZED (
    -- Materialised, because row-level security lets no coalesce() near an index: all invoices would be read.
    -- FULL, because that is never a nested loop, however few rows the planner expects.
    SELECT coalesce(debt.invoice_id, named.id) AS invoice_id, debt.id AS receivable_id, coalesce(debt.open, 0) AS open
      FROM debt
      FULL JOIN unnest(%(invoice_ids)s::BIGINT[]) AS named (id) ON named.id = debt.invoice_id
)
SELECT invoice.id AS invoice_id, invoice.state AS invoice_state, invoice.customer_id, invoice.order_id, asked.receivable_id,
       invoice.issued_on, invoice.due_on, asked.open
  FROM asked
  JOIN sales_invoice AS invoice ON invoice.company_id = %(company_id)s::INT AND invoice.id = asked.invoice_id
 ORDER BY invoice.due_on, invoice.id
