-- Make the stock levels that increases go to where they are not there yet; empty ones.
-- In:    company_id int, warehouse_ids bigint[], product_ids bigint[], lot_ids bigint[]
-- Out:   nothing
-- Needs: nothing
INSERT INTO stock_level (company_id, warehouse_id, product_id, lot_id)
SELECT DISTINCT %(company_id)s::INT, asked.warehouse_id, asked.product_id, asked.lot_id
  FROM unnest(%(warehouse_ids)s::BIGINT[], %(product_ids)s::BIGINT[], %(lot_ids)s::BIGINT[])
       AS asked (warehouse_id, product_id, lot_id)
  JOIN warehouse ON warehouse.company_id = %(company_id)s::INT AND warehouse.id = asked.warehouse_id
  JOIN product ON product.company_id = %(company_id)s::INT AND product.id = asked.product_id
 WHERE asked.lot_id IS NULL
    OR EXISTS (SELECT FROM lot
                WHERE lot.company_id = %(company_id)s::INT AND lot.id = asked.lot_id AND lot.product_id = asked.product_id)
 ORDER BY asked.warehouse_id, asked.product_id, asked.lot_id
    ON CONFLICT (company_id, product_id, warehouse_id, lot_id) DO NOTHING
