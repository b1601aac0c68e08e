-- List what customers said, the newest first, as programs read it; or the one of an id.
-- In:    company_id integer, before bigint, count integer, only_id bigint and only_customer bigint (null for all),
--        unanswered boolean (only those)
-- Out:   id bigint, order_id bigint, order_number text, customer text (its code), rating smallint, comment text, left_at timestamptz,
--        answer text, answered_at timestamptz; at most count rows
-- Needs: nothing
SELECT
    feedback.id, feedback.order_id, sales_order.number AS order_number, customer.code AS customer, feedback.rating,
    feedback.comment, feedback.left_at, feedback.answer, feedback.answered_at
  FROM feedback
 INNER JOIN sales_order ON sales_order.company_id = feedback.company_id AND sales_order.id = feedback.order_id
 INNER JOIN customer ON customer.company_id = feedback.company_id AND customer.id = feedback.customer_id
 WHERE feedback.company_id = %(company_id)s::INT
   AND feedback.id < %(before)s::BIGINT
   AND (%(only_id)s::BIGINT IS NULL OR feedback.id = %(only_id)s::BIGINT)
   AND (%(only_customer)s::BIGINT IS NULL OR feedback.customer_id = %(only_customer)s::BIGINT)
   AND (NOT %(unanswered)s::BOOLEAN OR feedback.answered_at IS NULL)
 ORDER BY feedback.id DESC
 LIMIT %(count)s::INT
