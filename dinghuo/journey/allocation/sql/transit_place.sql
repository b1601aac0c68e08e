-- Find the place where goods lie between two warehouses, or make it.
-- In:    company_id int, code text, warehouse_id bigint (whose country a new one takes)
-- Out:   id bigint; none when the warehouse is not known and the place is not there
-- Needs: the number series locked by this transaction: it keeps a rival from making the place as well
WITH there AS (
    SELECT id FROM warehouse WHERE company_id = %(company_id)s::INT AND code = %(code)s::TEXT
), made AS (
    INSERT INTO warehouse (company_id, code, name, name_zh, country, priority, is_active)
    SELECT %(company_id)s::INT, %(code)s::TEXT, 'In transit', '在途', warehouse.country, 32767, FALSE
      FROM warehouse
     WHERE warehouse.company_id = %(company_id)s::INT AND warehouse.id = %(warehouse_id)s::BIGINT
       AND NOT EXISTS (SELECT FROM there)
    RETURNING id
)
SELECT id FROM there
 UNION ALL
SELECT id FROM made
