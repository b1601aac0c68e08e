-- Write how warehouses keep products; what names no known warehouse or product is left out.
-- In:    company_id int, places int[], warehouse_ids bigint[], product_ids bigint[], safety_quantities numeric[], zones text[]
-- Out:   place int, code text ("done" or why not), setting_id bigint; one row per setting, in order
-- Needs: nothing
WITH asked AS MATERIALIZED (
    SELECT given.place, given.warehouse_id, given.product_id, given.safety_quantity, given.zone,
           CASE WHEN warehouse.id IS NULL THEN 'unknown_warehouse'
                WHEN product.id IS NULL THEN 'unknown_product' ELSE 'done' END AS code
      FROM unnest(%(places)s::INT[], %(warehouse_ids)s::BIGINT[], %(product_ids)s::BIGINT[], %(safety_quantities)s::NUMERIC[],
                  %(zones)s::TEXT[]) AS given (place, warehouse_id, product_id, safety_quantity, zone)
      LEFT JOIN warehouse ON warehouse.company_id = %(company_id)s::INT AND warehouse.id = given.warehouse_id
      LEFT JOIN product ON product.company_id = %(company_id)s::INT AND product.id = given.product_id
), written AS (
    INSERT INTO stock_setting (company_id, warehouse_id, product_id, safety_quantity, zone)
    SELECT DISTINCT ON (product_id, warehouse_id) %(company_id)s::INT, warehouse_id, product_id, safety_quantity, zone
      FROM asked
     WHERE code = 'done'
     ORDER BY product_id, warehouse_id, place DESC
    ON CONFLICT (company_id, product_id, warehouse_id) DO UPDATE
       SET safety_quantity = excluded.safety_quantity, zone = excluded.zone
    RETURNING id, warehouse_id, product_id
)
SELECT asked.place, asked.code, written.id AS setting_id
  FROM asked
  LEFT JOIN written ON written.warehouse_id = asked.warehouse_id AND written.product_id = asked.product_id AND asked.code = 'done'
 ORDER BY asked.place
