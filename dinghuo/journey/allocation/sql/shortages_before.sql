-- List the lines that wait for stock, the newest first, with what the last run knew of them, as programs read them.
-- In:    company_id integer, before bigint, count integer, order_id bigint (null for all)
-- Out:   id bigint, order_id bigint, order_number text, order_line_id bigint, position integer, product_id bigint, product text,
--        quantity numeric (stock units), opened_at timestamptz, reason text (null before the first run), facts jsonb; at most count rows
-- Needs: nothing
SELECT
    shortage.id, line.order_id, sales_order.number AS order_number, line.id AS order_line_id, line.position,
    product.id AS product_id, product.code AS product, trim_scale(shortage.quantity) AS quantity, shortage.opened_at,
    decided.reason, decided.facts
  FROM shortage
 INNER JOIN sales_order_line AS line ON line.company_id = shortage.company_id AND line.id = shortage.order_line_id
 INNER JOIN sales_order ON sales_order.company_id = shortage.company_id AND sales_order.id = line.order_id
 INNER JOIN product ON product.company_id = shortage.company_id AND product.id = line.product_id
  LEFT JOIN LATERAL (
    SELECT allocation_decision.reason, allocation_decision.facts
      FROM allocation_decision
     WHERE allocation_decision.company_id = shortage.company_id AND allocation_decision.order_line_id = line.id
     ORDER BY allocation_decision.id DESC
     LIMIT 1
  ) AS decided ON TRUE
 WHERE shortage.company_id = %(company_id)s::INT
   AND shortage.closed_at IS NULL
   AND shortage.id < %(before)s::BIGINT
   AND (%(order_id)s::BIGINT IS NULL OR line.order_id = %(order_id)s::BIGINT)
 ORDER BY shortage.id DESC
 LIMIT %(count)s::INT
