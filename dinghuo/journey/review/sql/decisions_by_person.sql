-- Count what each person decided about orders in a time, by decision and reason code; days are the company's. By approval_by_moment.
-- In:    company_id int, from_on date, until_on date (both included)
-- Out:   user_id int (null for the system), username text, decision text, reason_code text, decisions bigint,
--        amount_gross numeric (of the orders as they are now, company currency)
-- Needs: nothing
SELECT
    approval.decided_by_id AS user_id, coalesce(app_user.username, '') AS username, approval.decision, approval.reason_code,
    count(*) AS decisions, sum(round(sales_order.amount_gross * sales_order.exchange_rate, 3)) AS amount_gross
  FROM approval
 INNER JOIN company ON company.id = approval.company_id
 INNER JOIN sales_order ON sales_order.company_id = approval.company_id AND sales_order.id = approval.order_id
  LEFT JOIN app_user ON app_user.id = approval.decided_by_id
 WHERE approval.company_id = %(company_id)s::INT
   AND approval.decided_at >= %(from_on)s::DATE::TIMESTAMP AT TIME ZONE company.time_zone
   AND approval.decided_at < (%(until_on)s::DATE + 1)::TIMESTAMP AT TIME ZONE company.time_zone
 GROUP BY approval.decided_by_id, app_user.username, approval.decision, approval.reason_code
 ORDER BY username, approval.decision, approval.reason_code
