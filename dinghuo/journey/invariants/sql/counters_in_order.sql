-- Find order lines whose counters overtake one another.
-- In:    company_id int
-- Out:   row_id bigint (sales_order_line), document text, expected text, found text, detail text; at most 100 rows
-- Needs: nothing
SELECT line.id AS row_id, sales_order.number || ' / ' || line.position AS document,
       '0 <= invoiced <= shipped <= allocated <= ordered' AS expected,
       trim_scale(line.invoiced) || ', ' || trim_scale(line.shipped) || ', ' || trim_scale(line.allocated) || ', '
       || trim_scale(line.ordered) AS found,
       sales_order.state AS detail
  FROM sales_order_line AS line
  JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = line.order_id
 WHERE line.company_id = %(company_id)s::INT
   AND (line.invoiced < 0 OR line.invoiced > line.shipped OR line.shipped > line.allocated OR line.allocated > line.ordered)
 ORDER BY line.id
 LIMIT 100
