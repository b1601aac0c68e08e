-- Write new days and quantities of inbound supplies.
-- In:    company_id int, inbound_ids bigint[], expected_on date[], quantities numeric[]
-- Out:   nothing
-- Needs: the supplies locked by this transaction
UPDATE inbound_supply SET expected_on = asked.expected_on, quantity = asked.quantity
  FROM unnest(%(inbound_ids)s::BIGINT[], %(expected_on)s::DATE[], %(quantities)s::NUMERIC[]) AS asked (id, expected_on, quantity)
 WHERE inbound_supply.company_id = %(company_id)s::INT AND inbound_supply.id = asked.id
