-- Which duties a person has done for some orders or their customers: from the journal and from decisions. A customer counts from its
-- first day, its limit while the order lives.
-- In:    company_id int, actor_id int, order_ids bigint[]
-- Out:   order_id bigint, duty text
-- Needs: nothing
SELECT sales_order.id AS order_id, 'create_customer' AS duty
  FROM sales_order
 INNER JOIN event
         ON event.company_id = sales_order.company_id AND event.document = 'customer'
        AND event.document_id = sales_order.customer_id AND event.journey_id IS NULL
 WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.id = ANY(%(order_ids)s::BIGINT[])
   AND event.kind = 'CustomerAdded' AND event.actor_id = %(actor_id)s::INT
 UNION
SELECT sales_order.id AS order_id, 'edit_credit_limit' AS duty
  FROM sales_order
 INNER JOIN event
         ON event.company_id = sales_order.company_id AND event.document = 'customer'
        AND event.document_id = sales_order.customer_id AND event.journey_id IS NULL
 WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.id = ANY(%(order_ids)s::BIGINT[])
   AND event.kind = 'CustomerChanged' AND event.actor_id = %(actor_id)s::INT
   AND event.facts -> 'columns' ?| ARRAY['credit_limit', 'group_credit_limit', 'order_maximum'] AND event.at >= sales_order.created_at
 UNION
SELECT approval.order_id, CASE approval.decision WHEN 'released' THEN 'release_hold' ELSE 'approve_order' END AS duty
  FROM approval
 WHERE approval.company_id = %(company_id)s::INT AND approval.order_id = ANY(%(order_ids)s::BIGINT[])
   AND approval.decision IN ('released', 'approved') AND approval.decided_by_id = %(actor_id)s::INT
 ORDER BY order_id, duty
