-- List what a customer was asked about short lines, the newest first.
-- In:    company_id int, customer_id bigint, before bigint, count int, only_id bigint (null for all)
-- Out:   id bigint, order_id bigint, order_number text, text text, asked_at timestamptz, expires_at timestamptz, is_open boolean,
--        choice text (null until answered); at most count rows
-- Needs: nothing
SELECT question.id, line.order_id, sales_order.number AS order_number, question.text, question.asked_at, question.expires_at,
       question.choice IS NULL AND shortage.closed_at IS NULL AS is_open, question.choice
  FROM shortage_question AS question
 INNER JOIN shortage ON shortage.company_id = %(company_id)s::INT AND shortage.id = question.shortage_id
 INNER JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.id = shortage.order_line_id
 INNER JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = line.order_id
 WHERE question.company_id = %(company_id)s::INT AND question.customer_id = %(customer_id)s::BIGINT
   AND question.id < %(before)s::BIGINT
   AND (%(only_id)s::BIGINT IS NULL OR question.id = %(only_id)s::BIGINT)
 ORDER BY question.id DESC
 LIMIT %(count)s::INT
