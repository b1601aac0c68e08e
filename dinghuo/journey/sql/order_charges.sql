-- Show what an order bills besides goods, by position.
-- In:    company_id integer, order_id bigint, minor_units integer (of the order's currency)
-- Out:   id bigint, position integer, kind text, description text, quantity numeric, unit_price numeric, tax_rate numeric,
--        amount_net numeric, amount_tax numeric
-- Needs: nothing
SELECT
    id, position, kind, description, trim_scale(quantity) AS quantity, trim_scale(unit_price) AS unit_price,
    trim_scale(tax_rate) AS tax_rate, round(amount_net, %(minor_units)s::INT) AS amount_net,
    round(amount_tax, %(minor_units)s::INT) AS amount_tax
  FROM order_charge
 WHERE company_id = %(company_id)s::INT AND order_id = %(order_id)s::BIGINT
 ORDER BY position
