-- An order's lines as they stand.
-- In:    company_id int, order_id bigint
-- Out:   id bigint, position int, product_id bigint, ordered numeric (stock units), unit_price numeric, tax_rate numeric
-- Needs: the order locked when a write depends on it
SELECT id, position, product_id, ordered, unit_price, tax_rate
  FROM sales_order_line
 WHERE company_id = %(company_id)s::INT AND order_id = %(order_id)s::BIGINT
 ORDER BY position
