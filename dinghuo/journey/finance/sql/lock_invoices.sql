-- Lock some invoices, their orders before them.
-- In:    company_id int, invoice_ids bigint[]
-- Out:   id bigint, kind text, state text, number text, order_id bigint, customer_id bigint, year int (of issue), issued_on date,
--        amount_gross numeric, needs_a_person bool (whether the company confirms documents before they are posted), posted_before timestamptz
--        (when the last document of its kind and year was posted; null: none was)
-- Needs: number series locked before, receivables after
WITH their_order AS MATERIALIZED (
    SELECT id
      FROM sales_order
     WHERE company_id = %(company_id)s::INT
       AND id IN (SELECT order_id
                    FROM sales_invoice
                   WHERE company_id = %(company_id)s::INT AND id = ANY(%(invoice_ids)s::BIGINT[]) AND order_id IS NOT NULL)
     ORDER BY id
       FOR NO KEY UPDATE
)
SELECT invoice.id, invoice.kind, invoice.state, invoice.number, invoice.order_id, invoice.customer_id,
       extract(YEAR FROM invoice.issued_on)::INT AS year, invoice.issued_on, invoice.amount_gross,
       (SELECT company.finance_confirms FROM company WHERE company.id = %(company_id)s::INT) AS needs_a_person,
       (SELECT former.posted_at
          FROM sales_invoice AS former
         WHERE former.company_id = %(company_id)s::INT AND former.kind = invoice.kind
           AND former.series_year = extract(YEAR FROM invoice.issued_on)::SMALLINT AND former.series_number IS NOT NULL
         ORDER BY former.series_number DESC
         LIMIT 1) AS posted_before
  FROM sales_invoice AS invoice
 WHERE invoice.company_id = %(company_id)s::INT AND invoice.id = ANY(%(invoice_ids)s::BIGINT[])
   -- Counting the orders first is what locks them before the first invoice.
   AND (SELECT count(*) FROM their_order) >= 0
 ORDER BY invoice.id
   FOR NO KEY UPDATE OF invoice
