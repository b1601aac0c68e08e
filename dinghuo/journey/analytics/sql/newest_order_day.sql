-- Find the day of the newest order, where a period to look at may end; the last entry of the index order_by_day.
-- In:    company_id integer
-- Out:   ordered_on date; one row, or none
-- Needs: nothing
SELECT sales_order.ordered_on
  FROM sales_order
 WHERE sales_order.company_id = %(company_id)s::INT
 ORDER BY sales_order.ordered_on DESC, sales_order.id DESC
 LIMIT 1
