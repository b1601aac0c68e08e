-- Read what a swap is decided on: of each line its order's state, product, what it lacks, what may be taken, and whether it is committed.
-- In:    company_id int, line_ids bigint[]
-- Out:   id bigint, order_id bigint, state text, product_id bigint, lacking numeric, movable numeric, is_committed boolean
-- Needs: the orders and the stock levels of the product locked by this transaction
SELECT line.id, line.order_id, sales_order.state, line.product_id, line.ordered - line.allocated AS lacking,
       coalesce((
           SELECT sum(allocation.quantity - allocation.given_back) FROM allocation
            WHERE allocation.company_id = %(company_id)s::INT AND allocation.order_line_id = line.id
              AND allocation.given_back < allocation.quantity
              AND NOT EXISTS (
                  SELECT FROM shipment_line
                   WHERE shipment_line.company_id = %(company_id)s::INT AND shipment_line.allocation_id = allocation.id
                     AND NOT shipment_line.is_cancelled)), 0) AS movable,
       CASE WHEN EXISTS (SELECT FROM commitment
                          WHERE commitment.company_id = %(company_id)s::INT AND commitment.order_line_id = line.id
                            AND commitment.lifted_at IS NULL) THEN TRUE ELSE FALSE END AS is_committed
  FROM sales_order_line AS line
  JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = line.order_id
 WHERE line.company_id = %(company_id)s::INT AND line.id = ANY(%(line_ids)s::BIGINT[])
 ORDER BY line.id
