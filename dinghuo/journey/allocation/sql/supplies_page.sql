-- List goods on their way in, the first to come first, of the products whose code or names, or of the orders whose reference hold a text.
-- In:    company_id integer, wanted text (empty for all), warehouse_id bigint, product_id bigint (both null for all), only_id bigint (null
--        for all), only_open boolean, after_on date and after_id bigint (where the page before ended), count integer
-- Out:   id bigint, warehouse_id bigint, warehouse_code text, product_id bigint, product_code text, name text, name_zh text (the
--        product's), unit text, keeps_lots boolean, reference text, quantity numeric, received numeric (stock units), unit_cost numeric,
--        expected_on date, transfer_id bigint (whose goods they are, null for bought ones), lines bigint (waiting lines that count on it);
--        at most count rows
-- Needs: nothing
SELECT
    supply.id, warehouse.id AS warehouse_id, warehouse.code AS warehouse_code, product.id AS product_id, product.code AS product_code,
    product.name, product.name_zh, product.unit, product.keeps_lots, supply.reference, supply.quantity, supply.received, supply.unit_cost,
    supply.expected_on, transfer_line.transfer_id, (
        SELECT count(*) FROM supply_peg AS peg WHERE peg.company_id = supply.company_id AND peg.inbound_id = supply.id
    ) AS lines
  FROM inbound_supply AS supply
 INNER JOIN warehouse ON warehouse.company_id = supply.company_id AND warehouse.id = supply.warehouse_id
 INNER JOIN product ON product.company_id = supply.company_id AND product.id = supply.product_id
  LEFT JOIN stock_transfer_line AS transfer_line
         ON transfer_line.company_id = supply.company_id AND transfer_line.id = supply.transfer_line_id
 WHERE supply.company_id = %(company_id)s::INT
   AND (supply.expected_on, supply.id) > (%(after_on)s::DATE, %(after_id)s::BIGINT)
   AND (%(only_id)s::BIGINT IS NULL OR supply.id = %(only_id)s::BIGINT)
   AND (%(product_id)s::BIGINT IS NULL OR supply.product_id = %(product_id)s::BIGINT)
   AND (%(warehouse_id)s::BIGINT IS NULL OR supply.warehouse_id = %(warehouse_id)s::BIGINT)
   AND (NOT %(only_open)s::BOOLEAN OR supply.received < supply.quantity)
   AND (
       strpos(lower(product.code), lower(%(wanted)s::TEXT)) > 0
       OR strpos(lower(product.name), lower(%(wanted)s::TEXT)) > 0
       OR strpos(product.name_zh, %(wanted)s::TEXT) > 0
       OR strpos(lower(supply.reference), lower(%(wanted)s::TEXT)) > 0
   )
 ORDER BY supply.expected_on, supply.id
 LIMIT %(count)s::INT
