-- Name what has not come of some supplies; what another warehouse sends is none of them.
-- In:    company_id int, ids bigint[]
-- Out:   id bigint, warehouse_id bigint, product_id bigint, due numeric, unit_cost numeric, is_generated boolean; oldest first
-- Needs: nothing
SELECT id, warehouse_id, product_id, quantity - received AS due, unit_cost, is_generated
  FROM inbound_supply
 WHERE company_id = %(company_id)s::INT AND id = ANY(%(ids)s::BIGINT[]) AND transfer_line_id IS NULL
 ORDER BY expected_on, id
