-- What the rules look at of each order and its customer, oldest first.
-- In:    company_id int, order_ids bigint[], wants_discount boolean, wants_earlier boolean, wants_grace boolean (what rules ask for)
-- Out:   one row an order, as review.rules.OrderFacts; amounts in company currency
-- Needs: the orders and their customers locked by statements before this one
SELECT judged.id AS order_id, judged.number, judged.version, judged.state, judged.customer_id, customer.code AS customer_code,
       customer.customer_class, judged.ordered_on, judged.requested_on,
       judged.amount_gross * judged.exchange_rate AS amount_gross,
       CASE WHEN judged.state IN ('released', 'completed') THEN 0 ELSE judged.amount_gross * judged.exchange_rate END AS amount_new,
       judged.amount_net - coalesce(charged.net, 0) AS goods_net, -coalesce(charged.discount, 0) AS discount_net,
       judged.currency, company.currency AS company_currency, judged.payment_terms_days, judged.customer_po,
       judged.ship_to_name, judged.ship_to_address, judged.ship_to_city, judged.ship_to_country,
       customer.is_blocked AS customer_blocked, customer.credit_limit, customer.payment_terms_days AS customer_terms_days,
       coalesce(customer.parent_id, customer.id) AS group_id,
       coalesce(parent.group_credit_limit, customer.group_credit_limit) AS group_limit,
       customer.order_maximum, customer.credit_limit_expires_on AS limit_expires_on, customer.account_status, customer.dunning_level,
       customer.receiving_days, customer.po_must_be_unique, customer.tax_id, customer.country AS customer_country,
       CASE WHEN %(wants_earlier)s::BOOLEAN AND EXISTS (
                SELECT FROM sales_order AS earlier
                 WHERE earlier.company_id = %(company_id)s::INT AND earlier.customer_id = judged.customer_id
                   AND earlier.id < judged.id AND earlier.state IN ('released', 'completed')) THEN 1 ELSE 0 END AS earlier_orders,
       CASE WHEN %(wants_grace)s::BOOLEAN THEN coalesce((
                SELECT jsonb_object_agg(released.code, released.released_on)
                  FROM (SELECT review_rule.code, max(hold.lifted_at)::DATE AS released_on
                          FROM hold
                          JOIN review_rule ON review_rule.company_id = %(company_id)s::INT AND review_rule.id = hold.rule_id
                         WHERE hold.company_id = %(company_id)s::INT AND hold.order_id = judged.id
                           AND hold.lifted_because NOT IN ('', 'cause_gone')
                         GROUP BY review_rule.code) AS released), '{}') ELSE '{}' END AS grace
  FROM sales_order AS judged
  JOIN customer ON customer.company_id = %(company_id)s::INT AND customer.id = judged.customer_id
  JOIN company ON company.id = %(company_id)s::INT
  LEFT JOIN customer AS parent ON parent.company_id = %(company_id)s::INT AND parent.id = customer.parent_id
  LEFT JOIN LATERAL (
       SELECT sum(order_charge.amount_net) AS net, sum(least(order_charge.amount_net, 0)) AS discount
         FROM order_charge
        WHERE order_charge.company_id = %(company_id)s::INT AND order_charge.order_id = judged.id) AS charged
       ON %(wants_discount)s::BOOLEAN
 WHERE judged.company_id = %(company_id)s::INT AND judged.id = ANY(%(order_ids)s::BIGINT[])
 ORDER BY judged.ordered_on, judged.id
