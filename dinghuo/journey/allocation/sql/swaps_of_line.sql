-- List the units that people took from other lines for a line, the newest first.
-- In:    company_id int, line_id bigint
-- Out:   id bigint, order_id bigint, order_number text, position int, customer text (the donor's), quantity numeric (stock units),
--        reason text, made_at timestamptz, undone_at timestamptz
-- Needs: nothing
SELECT swap.id, line.order_id, sales_order.number AS order_number, line.position, customer.code AS customer,
       trim_scale(swap.quantity) AS quantity, swap.reason, swap.made_at, swap.undone_at
  FROM stock_swap AS swap
 INNER JOIN sales_order_line AS line ON line.company_id = swap.company_id AND line.id = swap.donor_line_id
 INNER JOIN sales_order ON sales_order.company_id = swap.company_id AND sales_order.id = line.order_id
 INNER JOIN customer ON customer.company_id = swap.company_id AND customer.id = sales_order.customer_id
 WHERE swap.company_id = %(company_id)s::INT AND swap.taker_line_id = %(line_id)s::BIGINT
 ORDER BY swap.id DESC
 LIMIT 50
