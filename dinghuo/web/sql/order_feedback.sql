-- Show what the customer said about an order, and our answer.
-- In:    company_id integer, order_id bigint
-- Out:   id bigint, rating integer, comment text, left_at timestamptz, answer text, answered_at timestamptz; one row, or none
-- Needs: nothing
SELECT feedback.id, feedback.rating, feedback.comment, feedback.left_at, feedback.answer, feedback.answered_at
  FROM feedback
 WHERE feedback.company_id = %(company_id)s::INT
   AND feedback.order_id = %(order_id)s::BIGINT
