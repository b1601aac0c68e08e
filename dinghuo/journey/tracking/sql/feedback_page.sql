-- List what customers said, the newest first.
-- In:    company_id integer, only_open boolean, before_id bigint, count integer
-- Out:   id bigint, order_id bigint, order_number text, customer_code text, name text, name_zh text (the customer's),
--        rating integer, comment text, left_at timestamptz, answer text, answered_at timestamptz; at most count rows
-- Needs: nothing
SELECT
    feedback.id, feedback.order_id, sales_order.number AS order_number, customer.code AS customer_code, customer.name,
    customer.name_zh, feedback.rating, feedback.comment, feedback.left_at, feedback.answer, feedback.answered_at
  FROM feedback
 INNER JOIN sales_order ON sales_order.company_id = feedback.company_id AND sales_order.id = feedback.order_id
 INNER JOIN customer ON customer.company_id = feedback.company_id AND customer.id = feedback.customer_id
 WHERE feedback.company_id = %(company_id)s::INT
   AND feedback.id < %(before_id)s::BIGINT
   AND (NOT %(only_open)s::BOOLEAN OR feedback.answered_at IS NULL)
 ORDER BY feedback.id DESC
 LIMIT %(count)s::INT
