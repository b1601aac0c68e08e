-- Find a warehouse that may hold stock for orders.
-- In:    company_id int, warehouse_id bigint
-- Out:   id bigint; none when it is not known or not in use
-- Needs: nothing
SELECT id
  FROM warehouse
 WHERE company_id = %(company_id)s::INT AND id = %(warehouse_id)s::BIGINT AND is_active
