-- Show the lines that count on some supplies, and the day on which the last goods that each counts on were expected.
-- In:    company_id int, inbound_ids bigint[]
-- Out:   line_id bigint, latest_on date; by line
-- Needs: the products locked for promises by this transaction
SELECT peg.order_line_id AS line_id, max(supply.expected_on) AS latest_on
  FROM supply_peg AS peg
  JOIN inbound_supply AS supply ON supply.company_id = %(company_id)s::INT AND supply.id = peg.inbound_id
 WHERE peg.company_id = %(company_id)s::INT
   AND peg.order_line_id IN (
       SELECT named.order_line_id
         FROM supply_peg AS named
        WHERE named.company_id = %(company_id)s::INT AND named.inbound_id = ANY(%(inbound_ids)s::BIGINT[]))
 GROUP BY peg.order_line_id
 ORDER BY peg.order_line_id
