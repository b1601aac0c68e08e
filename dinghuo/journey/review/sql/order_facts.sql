-- What the rules look at of each order and its customer, oldest first.
-- In:    company_id int, order_ids bigint[], wants_discount boolean, wants_earlier boolean, wants_grace boolean, wants_registry boolean
--        (what rules ask for)
-- Out:   one row an order, as review.rules.OrderFacts; amounts in company currency
-- Needs: the orders and their customers locked by statements before this one
SELECT judged.id AS order_id, judged.number, judged.version, judged.state, judged.customer_id, customer.code AS customer_code,
       customer.customer_class, judged.ordered_on, judged.requested_on,
       judged.amount_gross * judged.exchange_rate AS amount_gross,
       CASE WHEN judged.state IN ('released', 'completed') THEN 0 ELSE judged.amount_gross * judged.exchange_rate END AS amount_new,
       judged.amount_net - coalesce(charged.net, 0) AS goods_net, -coalesce(charged.discount, 0) AS discount_net,
       judged.currency, company.currency AS company_currency, judged.payment_terms_days, judged.cash_discount_rate,
       judged.cash_discount_days, judged.incoterm, judged.freight_payer, judged.customer_po,
       judged.ship_to_name, judged.ship_to_address, judged.ship_to_city, judged.ship_to_region, judged.ship_to_postcode,
       judged.ship_to_country, warehouse.country AS from_country, judged.amount_tax, customer.name AS customer_name,
       customer.name_zh AS customer_name_zh,
       customer.is_blocked AS customer_blocked, customer.credit_limit, customer.payment_terms_days AS customer_terms_days,
       customer.cash_discount_rate AS customer_cash_discount_rate, customer.cash_discount_days AS customer_cash_discount_days,
       coalesce(customer.parent_id, customer.id) AS group_id,
       coalesce(parent.group_credit_limit, customer.group_credit_limit) AS group_limit,
       customer.order_maximum, customer.credit_limit_expires_on AS limit_expires_on, customer.account_status, customer.dunning_level,
       customer.receiving_days, customer.po_must_be_unique, customer.tax_id, customer.country AS customer_country,
       CASE WHEN %(wants_earlier)s::BOOLEAN AND EXISTS (
                SELECT FROM sales_order AS earlier
                 WHERE earlier.company_id = %(company_id)s::INT AND earlier.customer_id = judged.customer_id
                   AND earlier.id < judged.id AND earlier.state IN ('released', 'completed')) THEN 1 ELSE 0 END AS earlier_orders,
       CASE WHEN %(wants_discount)s::BOOLEAN THEN array(
                SELECT membership.role::TEXT
                  FROM membership
                 WHERE membership.company_id = %(company_id)s::INT AND membership.user_id = judged.created_by_id
                 ORDER BY membership.role) ELSE '{}' END AS entered_by_roles,
       coalesce(registry.status, '') AS registry_status, registry.checked_on AS registry_checked_on,
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
  JOIN warehouse ON warehouse.company_id = %(company_id)s::INT AND warehouse.id = judged.warehouse_id
  LEFT JOIN customer AS parent ON parent.company_id = %(company_id)s::INT AND parent.id = customer.parent_id
  LEFT JOIN LATERAL (
       SELECT sum(order_charge.amount_net) AS net, sum(least(order_charge.amount_net, 0)) AS discount
         FROM order_charge
        WHERE order_charge.company_id = %(company_id)s::INT AND order_charge.order_id = judged.id) AS charged
       ON %(wants_discount)s::BOOLEAN
  LEFT JOIN LATERAL (
       SELECT registry_check.status, registry_check.checked_on
         FROM registry_check
        WHERE registry_check.company_id = %(company_id)s::INT AND registry_check.country = customer.country
          AND registry_check.tax_number = customer.tax_id
        ORDER BY registry_check.checked_at DESC, registry_check.id DESC
        LIMIT 1) AS registry ON %(wants_registry)s::BOOLEAN
 WHERE judged.company_id = %(company_id)s::INT AND judged.id = ANY(%(order_ids)s::BIGINT[])
 ORDER BY judged.ordered_on, judged.id
