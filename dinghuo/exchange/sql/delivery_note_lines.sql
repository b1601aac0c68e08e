-- Read the goods on delivery notes: one line for each order line and lot, whatever parts of the stock they came from.
-- In:    company_id integer, ids bigint[] (shipments), rounding text
-- Out:   shipment_id bigint, position integer, code text, name text, name_zh text, lot text (empty for none), quantity numeric, unit text,
--        unit_zh text, unit_price numeric, amount numeric (before tax, rounded by the company's rounding); by shipment, position and lot
-- Needs: nothing
SELECT
    held.shipment_id, line.position, product.code, product.name, product.name_zh, coalesce(lot.code, '') AS lot,
    trim_scale(sum(held.quantity)) AS quantity, unit.name AS unit, unit.name_zh AS unit_zh, line.unit_price,
    money_round(sum(held.quantity) * line.unit_price, currency.minor_units, %(rounding)s::TEXT) AS amount
  FROM shipment_line AS held
 INNER JOIN shipment ON shipment.company_id = held.company_id AND shipment.id = held.shipment_id
 INNER JOIN allocation ON allocation.company_id = held.company_id AND allocation.id = held.allocation_id
 INNER JOIN sales_order_line AS line ON line.company_id = held.company_id AND line.id = allocation.order_line_id
 INNER JOIN sales_order AS ordered ON ordered.company_id = held.company_id AND ordered.id = line.order_id
 INNER JOIN currency ON currency.code = ordered.currency
 INNER JOIN product ON product.company_id = held.company_id AND product.id = line.product_id
 INNER JOIN unit ON unit.code = product.unit
 INNER JOIN stock_level AS stock ON stock.company_id = held.company_id AND stock.id = allocation.stock_level_id
  LEFT JOIN lot ON lot.company_id = held.company_id AND lot.id = stock.lot_id
 WHERE held.company_id = %(company_id)s::INT
   AND held.shipment_id = ANY(%(ids)s::BIGINT[])
   AND (NOT held.is_cancelled OR shipment.state = 'cancelled')
 GROUP BY
    held.shipment_id, line.position, product.code, product.name, product.name_zh, lot.code, unit.name, unit.name_zh,
    line.unit_price, currency.minor_units
 ORDER BY held.shipment_id, line.position, lot.code
