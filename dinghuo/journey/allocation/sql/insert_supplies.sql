-- Write down goods that are expected; one of an unknown warehouse or product is left out.
-- In:    company_id int, places int[], warehouse_ids bigint[], product_ids bigint[], quantities numeric[], unit_costs numeric[],
--        expected_on date[], references_ text[], are_generated boolean[]
-- Out:   place int, code text ("done" or why not), inbound_id bigint; one row per supply, in order
-- Needs: nothing
WITH supply AS MATERIALIZED (
    SELECT asked.place, asked.warehouse_id, asked.product_id, asked.quantity, asked.unit_cost, asked.expected_on,
           asked.reference, asked.is_generated,
           CASE WHEN warehouse.id IS NULL THEN 'unknown_warehouse'
                WHEN product.id IS NULL THEN 'unknown_product' ELSE 'done' END AS code
      FROM unnest(%(places)s::INT[], %(warehouse_ids)s::BIGINT[], %(product_ids)s::BIGINT[], %(quantities)s::NUMERIC[],
                  %(unit_costs)s::NUMERIC[], %(expected_on)s::DATE[], %(references_)s::TEXT[], %(are_generated)s::BOOLEAN[])
           AS asked (place, warehouse_id, product_id, quantity, unit_cost, expected_on, reference, is_generated)
      LEFT JOIN warehouse ON warehouse.company_id = %(company_id)s::INT AND warehouse.id = asked.warehouse_id
      LEFT JOIN product ON product.company_id = %(company_id)s::INT AND product.id = asked.product_id
), written AS (
    INSERT INTO inbound_supply (company_id, warehouse_id, product_id, reference, quantity, unit_cost, expected_on, is_generated)
    SELECT %(company_id)s::INT, warehouse_id, product_id, reference, quantity, unit_cost, expected_on, is_generated
      FROM supply
     WHERE code = 'done'
     ORDER BY place
    RETURNING id
), numbered AS (
    -- Ids are drawn in the order of the places, so that counting both pairs them.
    SELECT id, row_number() OVER (ORDER BY id) AS turn FROM written
), turns AS (
    SELECT place, row_number() OVER (ORDER BY place) AS turn FROM supply WHERE code = 'done'
)
SELECT supply.place, supply.code, numbered.id AS inbound_id
  FROM supply
  LEFT JOIN turns ON turns.place = supply.place
  LEFT JOIN numbered ON numbered.turn = turns.turn
 ORDER BY supply.place
