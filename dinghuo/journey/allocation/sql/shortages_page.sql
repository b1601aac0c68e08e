-- Show the lines that are short as people look at them, the oldest first, with what the customer was asked and said.
-- In:    company_id int, wanted text (in the order's number, the customer's or the product's code; empty for all), only_id bigint (null
--        for all), is_asked boolean (null for all), after bigint, count int
-- Out:   id bigint, line_id bigint, order_id bigint, order_number text, position int, customer text, customer_class text, name text,
--        name_zh text (the customer's), product_id bigint, product text, product_name text, product_name_zh text, unit text,
--        ordered numeric, allocated numeric, missing numeric (stock units), opened_at timestamptz, requested_on date, promised_on date,
--        question text (null: not asked), asked_at timestamptz, choice text, answered_at timestamptz; at most count rows
-- Needs: nothing
SELECT shortage.id, line.id AS line_id, line.order_id, sales_order.number AS order_number, line.position, customer.code AS customer,
       customer.customer_class, customer.name, customer.name_zh, product.id AS product_id, product.code AS product,
       product.name AS product_name, product.name_zh AS product_name_zh, product.unit, trim_scale(line.ordered) AS ordered,
       trim_scale(line.allocated) AS allocated, trim_scale(line.ordered - line.allocated) AS missing, shortage.opened_at,
       sales_order.requested_on, promise.promised_on, asked.text AS question, asked.asked_at, asked.choice, asked.answered_at
  FROM shortage
 INNER JOIN sales_order_line AS line ON line.company_id = shortage.company_id AND line.id = shortage.order_line_id
 INNER JOIN sales_order ON sales_order.company_id = shortage.company_id AND sales_order.id = line.order_id
 INNER JOIN customer ON customer.company_id = shortage.company_id AND customer.id = sales_order.customer_id
 INNER JOIN product ON product.company_id = shortage.company_id AND product.id = line.product_id
  LEFT JOIN line_promise AS promise ON promise.company_id = shortage.company_id AND promise.order_line_id = line.id AND promise.is_open
  LEFT JOIN shortage_question AS asked ON asked.company_id = shortage.company_id AND asked.shortage_id = shortage.id
 WHERE shortage.company_id = %(company_id)s::INT
   AND (shortage.closed_at IS NULL OR shortage.id = %(only_id)s::BIGINT)
   AND (%(only_id)s::BIGINT IS NULL OR shortage.id = %(only_id)s::BIGINT)
   AND (%(is_asked)s::BOOLEAN IS NULL OR (asked.id IS NOT NULL) = %(is_asked)s::BOOLEAN)
   AND shortage.id > %(after)s::BIGINT
   AND (strpos(lower(sales_order.number), lower(%(wanted)s::TEXT)) > 0 OR strpos(lower(customer.code), lower(%(wanted)s::TEXT)) > 0
        OR strpos(lower(product.code), lower(%(wanted)s::TEXT)) > 0)
 ORDER BY shortage.id
 LIMIT %(count)s::INT
