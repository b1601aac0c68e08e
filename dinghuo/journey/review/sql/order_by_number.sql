-- Find an order by its number.
-- In:    company_id int, number text
-- Out:   id bigint, number text; no row for an unknown number
-- Needs: nothing
SELECT id, number
  FROM sales_order
 WHERE company_id = %(company_id)s::INT AND number = %(number)s::TEXT
