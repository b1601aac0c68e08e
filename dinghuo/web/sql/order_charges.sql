-- Show what an order bills besides goods, by position.
-- In:    company_id integer, order_id bigint
-- Out:   position integer, kind text, description text, quantity numeric, unit_price numeric, amount_net numeric,
--        amount_tax numeric; one row per charge
-- Needs: nothing
SELECT
    order_charge.position, order_charge.kind, order_charge.description, order_charge.quantity, order_charge.unit_price,
    order_charge.amount_net, order_charge.amount_tax
  FROM order_charge
 WHERE order_charge.company_id = %(company_id)s::INT
   AND order_charge.order_id = %(order_id)s::BIGINT
 ORDER BY order_charge.position
