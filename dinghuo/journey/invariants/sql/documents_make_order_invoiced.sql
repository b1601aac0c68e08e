-- Find orders whose invoiced amount is not the gross of the posted documents that bill them; a return's credit note bills nothing.
-- In:    company_id int
-- Out:   row_id bigint (sales_order), document text, expected text, found text, detail text; at most 100 rows
-- Needs: nothing
WITH billed AS (
    SELECT order_id, sum(amount_gross) AS amount_gross, count(*) AS documents
      FROM sales_invoice
     WHERE company_id = %(company_id)s::INT AND state = 'posted' AND order_id IS NOT NULL AND customer_return_id IS NULL
     GROUP BY order_id
)
SELECT sales_order.id AS row_id, sales_order.number AS document,
       trim_scale(coalesce(billed.amount_gross, 0)) || ' invoiced' AS expected,
       trim_scale(sales_order.invoiced_gross) || ' invoiced' AS found,
       coalesce(billed.documents, 0) || ' posted documents' AS detail
  FROM sales_order
  LEFT JOIN billed ON billed.order_id = sales_order.id
 WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.invoiced_gross <> coalesce(billed.amount_gross, 0)
 ORDER BY sales_order.id
 LIMIT 100
