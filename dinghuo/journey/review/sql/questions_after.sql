-- Questions about orders with their answers, first to last.
-- In:    company_id int, after_id bigint (where the page before ended), count int, order_id bigint (null for all), question_id bigint
--        (null for all), is_open boolean (null for both), customer_id bigint (null for staff: else what that customer was asked)
-- Out:   id bigint, order_id bigint, number text, customer text (its code), asked_of text, question text, asked_at timestamptz,
--        asked_by_id int, asked_by text, answer text, answered_at timestamptz, answered_by_id int, answered_by text; at most count rows
-- Needs: nothing
SELECT
    asked.id, asked.order_id, sales_order.number, customer.code AS customer, asked.asked_of, asked.question, asked.asked_at,
    asked.asked_by_id, coalesce(asker.username, '') AS asked_by, asked.answer, asked.answered_at, asked.answered_by_id,
    coalesce(answerer.username, '') AS answered_by
  FROM order_question AS asked
 INNER JOIN sales_order ON sales_order.company_id = asked.company_id AND sales_order.id = asked.order_id
 INNER JOIN customer ON customer.company_id = sales_order.company_id AND customer.id = sales_order.customer_id
  LEFT JOIN app_user AS asker ON asker.id = asked.asked_by_id
  LEFT JOIN app_user AS answerer ON answerer.id = asked.answered_by_id
 WHERE asked.company_id = %(company_id)s::INT AND asked.id > %(after_id)s::BIGINT
   AND (%(order_id)s::BIGINT IS NULL OR asked.order_id = %(order_id)s::BIGINT)
   AND (%(question_id)s::BIGINT IS NULL OR asked.id = %(question_id)s::BIGINT)
   AND (%(is_open)s::BOOLEAN IS NULL OR %(is_open)s::BOOLEAN = (asked.answered_at IS NULL))
   AND (%(customer_id)s::BIGINT IS NULL OR asked.asked_of = 'customer' AND sales_order.customer_id = %(customer_id)s::BIGINT)
 ORDER BY asked.id
 LIMIT %(count)s::INT
