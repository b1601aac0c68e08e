-- Sum what was billed and credited, by month and by customer, in one walk over the posted documents of a period.
-- In:    company_id integer, issued_from date, issued_until date, count integer (how many customers)
-- Out:   month date (its first day, null in a customer's row), customer_id bigint (null in a month's row), code text, name text,
--        name_zh text (the customer's), invoiced numeric, credited numeric (not positive), documents bigint;
--        months in order, then the customers with the largest sums. Amounts are net, in company currency
-- Needs: nothing
WITH billed AS (
    -- One plain grouping over the many documents, which can run in parallel; what follows adds up its few rows.
    SELECT
        date_trunc('month', sales_invoice.issued_on::TIMESTAMP)::DATE AS month, sales_invoice.customer_id, sales_invoice.kind,
        sales_invoice.exchange_rate, sum(sales_invoice.amount_net) AS amount_net, count(*) AS documents
      FROM sales_invoice
     WHERE sales_invoice.company_id = %(company_id)s::INT
       AND sales_invoice.state = 'posted'
       AND sales_invoice.issued_on BETWEEN %(issued_from)s::DATE AND %(issued_until)s::DATE
     GROUP BY
        date_trunc('month', sales_invoice.issued_on::TIMESTAMP)::DATE, sales_invoice.customer_id, sales_invoice.kind,
        sales_invoice.exchange_rate
), summed AS (
    SELECT
        billed.month, billed.customer_id,
        sum(billed.amount_net * billed.exchange_rate) FILTER (WHERE billed.kind = 'invoice') AS invoiced,
        sum(billed.amount_net * billed.exchange_rate) FILTER (WHERE billed.kind = 'credit_note') AS credited,
        sum(billed.documents)::BIGINT AS documents
      FROM billed
     GROUP BY GROUPING SETS ((billed.month), (billed.customer_id))
), ranked AS (
    SELECT
        summed.month, summed.customer_id, coalesce(summed.invoiced, 0) AS invoiced, coalesce(summed.credited, 0) AS credited,
        summed.documents,
        row_number() OVER (
            PARTITION BY summed.customer_id IS NULL
            ORDER BY coalesce(summed.invoiced, 0) + coalesce(summed.credited, 0) DESC, summed.customer_id
        ) AS place
      FROM summed
)
SELECT
    ranked.month, ranked.customer_id, coalesce(customer.code, '') AS code, coalesce(customer.name, '') AS name,
    coalesce(customer.name_zh, '') AS name_zh, round(ranked.invoiced, 2) AS invoiced, round(ranked.credited, 2) AS credited,
    ranked.documents
  FROM ranked
  LEFT JOIN customer ON customer.company_id = %(company_id)s::INT AND customer.id = ranked.customer_id
 WHERE ranked.customer_id IS NULL OR ranked.place <= %(count)s::INT
 ORDER BY ranked.month NULLS LAST, ranked.place
