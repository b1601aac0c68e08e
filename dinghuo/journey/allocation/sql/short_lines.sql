-- Lock nothing; list open shortages with what is missing now and the supply that is pegged to them.
-- In:    company_id int, shortage_ids bigint[] (null for those without an open or accepted proposal for what is missing), count int
-- Out:   shortage_id bigint, order_line_id bigint, order_id bigint, customer_id bigint, warehouse_id bigint, product_id bigint,
--        ordered numeric, allocated numeric, missing numeric, lead_time_days int, pegged numeric, pegged_on date; stock units; at most count
-- Needs: nothing
SELECT shortage.id AS shortage_id, line.id AS order_line_id, line.order_id, sales_order.customer_id, sales_order.warehouse_id,
       line.product_id, line.ordered, line.allocated, line.ordered - line.allocated AS missing, product.lead_time_days,
       coalesce(peg.units, 0) AS pegged, peg.latest_on AS pegged_on
  FROM shortage
 INNER JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.id = shortage.order_line_id
 INNER JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = line.order_id
 INNER JOIN product ON product.company_id = %(company_id)s::INT AND product.id = line.product_id
  LEFT JOIN (
    SELECT supply_peg.order_line_id, sum(supply_peg.quantity) AS units, max(inbound_supply.expected_on) AS latest_on
      FROM supply_peg
     INNER JOIN inbound_supply ON inbound_supply.company_id = %(company_id)s::INT AND inbound_supply.id = supply_peg.inbound_id
     WHERE supply_peg.company_id = %(company_id)s::INT
     GROUP BY supply_peg.order_line_id
  ) AS peg ON peg.order_line_id = line.id
 WHERE shortage.company_id = %(company_id)s::INT AND shortage.closed_at IS NULL AND sales_order.state = 'released'
   AND line.ordered > line.allocated
   AND (shortage.id = ANY(%(shortage_ids)s::BIGINT[])
        OR %(shortage_ids)s::BIGINT[] IS NULL
           AND NOT EXISTS (
               SELECT FROM shortage_proposal AS proposal
                WHERE proposal.company_id = %(company_id)s::INT AND proposal.shortage_id = shortage.id
                  AND (proposal.state = 'accepted'
                       OR proposal.state = 'open' AND proposal.kind = 'cancel_rest'
                          AND proposal.quantity = line.ordered - line.allocated)))
 ORDER BY shortage.id
 LIMIT %(count)s::INT
