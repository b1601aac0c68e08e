-- Total an order anew from its lines and charges.
-- In:    company_id int, order_id bigint
-- Out:   nothing
-- Needs: the order locked
UPDATE sales_order
   SET amount_net = part.net, amount_tax = part.tax, amount_gross = part.net + part.tax
  FROM (SELECT coalesce(sum(amount_net), 0) AS net, coalesce(sum(amount_tax), 0) AS tax
          FROM (SELECT amount_net, amount_tax
                  FROM sales_order_line
                 WHERE company_id = %(company_id)s::INT AND order_id = %(order_id)s::BIGINT
                 UNION ALL
                SELECT amount_net, amount_tax
                  FROM order_charge
                 WHERE company_id = %(company_id)s::INT AND order_id = %(order_id)s::BIGINT) AS billed) AS part
 WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.id = %(order_id)s::BIGINT
