-- Lock inbound supplies.
-- In:    company_id int, inbound_ids bigint[]
-- Out:   id bigint, product_id bigint, reference text, quantity numeric, received numeric (stock units), expected_on date,
--        is_of_transfer boolean; by id
-- Needs: nothing
SELECT id, product_id, reference, quantity, received, expected_on, transfer_line_id IS NOT NULL AS is_of_transfer
  FROM inbound_supply
 WHERE company_id = %(company_id)s::INT AND id = ANY(%(inbound_ids)s::BIGINT[])
 ORDER BY id
   FOR NO KEY UPDATE
