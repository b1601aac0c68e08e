-- Tell how many days lay between an order and the last money for its invoice, by the month in which the invoice was issued.
-- In:    company_id integer, issued_from date, issued_until date
-- Out:   month date (its first day, null for the whole period), invoices bigint (settled ones), days_median numeric,
--        days_ninth numeric (nine of ten were faster or as fast); months in order, the period last
-- Needs: nothing
WITH settled AS (
    SELECT
        date_trunc('month', sales_invoice.issued_on::TIMESTAMP)::DATE AS month,
        receivable.settled_on - sales_order.ordered_on AS days
      FROM sales_invoice
     INNER JOIN receivable ON receivable.company_id = sales_invoice.company_id AND receivable.invoice_id = sales_invoice.id
     INNER JOIN sales_order ON sales_order.company_id = sales_invoice.company_id AND sales_order.id = sales_invoice.order_id
     WHERE sales_invoice.company_id = %(company_id)s::INT
       AND sales_invoice.state = 'posted'
       AND sales_invoice.kind = 'invoice'
       AND sales_invoice.issued_on BETWEEN %(issued_from)s::DATE AND %(issued_until)s::DATE
       AND receivable.settled_on IS NOT NULL
)
SELECT
    settled.month, count(*) AS invoices, percentile_disc(0.5) WITHIN GROUP (ORDER BY settled.days)::NUMERIC AS days_median,
    percentile_disc(0.9) WITHIN GROUP (ORDER BY settled.days)::NUMERIC AS days_ninth
  FROM settled
 GROUP BY GROUPING SETS ((settled.month), ())
 ORDER BY settled.month NULLS LAST
