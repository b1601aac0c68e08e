-- List goods on their way in by id, after an id, as programs read them.
-- In:    company_id integer, after bigint, count integer, only_open boolean (leave out what has come in full)
-- Out:   id bigint, warehouse text, product_id bigint, product text (codes), reference text, quantity numeric, received numeric
--        (stock units), unit_cost numeric, expected_on date; at most count rows
-- Needs: nothing
SELECT
    inbound_supply.id, warehouse.code AS warehouse, product.id AS product_id, product.code AS product, inbound_supply.reference,
    trim_scale(inbound_supply.quantity) AS quantity, trim_scale(inbound_supply.received) AS received,
    trim_scale(inbound_supply.unit_cost) AS unit_cost, inbound_supply.expected_on
  FROM inbound_supply
 INNER JOIN warehouse ON warehouse.company_id = inbound_supply.company_id AND warehouse.id = inbound_supply.warehouse_id
 INNER JOIN product ON product.company_id = inbound_supply.company_id AND product.id = inbound_supply.product_id
 WHERE inbound_supply.company_id = %(company_id)s::INT
   AND inbound_supply.id > %(after)s::BIGINT
   AND (NOT %(only_open)s::BOOLEAN OR inbound_supply.received < inbound_supply.quantity)
 ORDER BY inbound_supply.id
 LIMIT %(count)s::INT
