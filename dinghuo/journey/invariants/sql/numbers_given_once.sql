-- Find numbers that more than one document of a kind bears.
-- In:    company_id int
-- Out:   row_id bigint (the first document of that number), document text, expected text, found text, detail text; at most 100 rows
-- Needs: nothing
WITH numbered AS (
    SELECT 'sales_order' AS kind, number, id FROM sales_order WHERE company_id = %(company_id)s::INT
     UNION ALL
    SELECT 'shipment' AS kind, number, id FROM shipment WHERE company_id = %(company_id)s::INT
     UNION ALL
    SELECT kind, number, id FROM sales_invoice WHERE company_id = %(company_id)s::INT AND number IS NOT NULL
     UNION ALL
    SELECT 'payment' AS kind, number, id FROM payment WHERE company_id = %(company_id)s::INT
     UNION ALL
    SELECT 'customer_return' AS kind, number, id FROM customer_return WHERE company_id = %(company_id)s::INT
     UNION ALL
    SELECT 'stock_document' AS kind, number, id FROM stock_document WHERE company_id = %(company_id)s::INT
)
SELECT min(id) AS row_id, kind || ' ' || number AS document, '1 document' AS expected, count(*) || ' documents' AS found,
       'ids ' || min(id) || ' to ' || max(id) AS detail
  FROM numbered
 GROUP BY kind, number
HAVING count(*) > 1
 ORDER BY min(id), kind
 LIMIT 100
