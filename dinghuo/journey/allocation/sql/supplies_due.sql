-- Name the goods that were expected by a day and have not all come; what another warehouse sends is not received like this.
-- In:    company_id int, today date
-- Out:   id bigint, warehouse_id bigint, product_id bigint, due numeric, unit_cost numeric, is_generated boolean; oldest first
-- Needs: nothing
SELECT id, warehouse_id, product_id, quantity - received AS due, unit_cost, is_generated
  FROM inbound_supply
 WHERE company_id = %(company_id)s::INT AND expected_on <= %(today)s::DATE AND received < quantity AND transfer_line_id IS NULL
 ORDER BY expected_on, id
