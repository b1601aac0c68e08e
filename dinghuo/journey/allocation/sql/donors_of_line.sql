-- Rank the lines that could give units of a product to a line that lacks them: least lateness caused, lowest class, largest part first.
-- In:    company_id int, line_id bigint, today date, count int
-- Out:   line_id bigint, order_id bigint, order_number text, position int, customer text (code), customer_class text,
--        requested_on date, units numeric (that may be taken), lateness_days int (that taking them would cause: until the next supply,
--        or a year where none is known), lacking numeric (what the asking line lacks); at most count rows
-- Needs: nothing
WITH asked AS (
    SELECT line.id, line.product_id, line.ordered - line.allocated AS lacking
      FROM sales_order_line AS line
     WHERE line.company_id = %(company_id)s::INT AND line.id = %(line_id)s::BIGINT
), coming AS (
    SELECT min(supply.expected_on) AS next_on
      FROM asked
      JOIN inbound_supply AS supply ON supply.company_id = %(company_id)s::INT AND supply.product_id = asked.product_id
     WHERE supply.received < supply.quantity AND supply.expected_on >= %(today)s::DATE
), held AS (
    SELECT line.id, line.order_id, line.position, asked.lacking, sales_order.number, sales_order.requested_on, sales_order.customer_id,
           sum(allocation.quantity - allocation.given_back) AS units
      FROM asked
      JOIN sales_order_line AS line
        ON line.company_id = %(company_id)s::INT AND line.product_id = asked.product_id AND line.id <> asked.id
      JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = line.order_id
      JOIN allocation ON allocation.company_id = %(company_id)s::INT AND allocation.order_line_id = line.id
     WHERE line.allocated > line.shipped AND sales_order.state IN ('released', 'held', 'submitted')
       AND allocation.given_back < allocation.quantity
       AND NOT EXISTS (
           SELECT FROM shipment_line
            WHERE shipment_line.company_id = %(company_id)s::INT AND shipment_line.allocation_id = allocation.id
              AND NOT shipment_line.is_cancelled)
       AND NOT EXISTS (
           SELECT FROM commitment
            WHERE commitment.company_id = %(company_id)s::INT AND commitment.order_line_id = line.id
              AND commitment.lifted_at IS NULL)
     GROUP BY line.id, line.order_id, line.position, asked.lacking, sales_order.number, sales_order.requested_on, sales_order.customer_id
)
SELECT held.id AS line_id, held.order_id, held.number AS order_number, held.position, customer.code AS customer,
       customer.customer_class, held.requested_on, trim_scale(held.units) AS units,
       greatest(coalesce(coming.next_on, %(today)s::DATE + 365) - coalesce(held.requested_on, %(today)s::DATE + 365), 0)
           AS lateness_days,
       trim_scale(held.lacking) AS lacking
  FROM held
 CROSS JOIN coming
  JOIN customer ON customer.company_id = %(company_id)s::INT AND customer.id = held.customer_id
 ORDER BY greatest(coalesce(coming.next_on, %(today)s::DATE + 365) - coalesce(held.requested_on, %(today)s::DATE + 365), 0),
          customer.customer_class DESC, held.units >= held.lacking DESC, held.units DESC, held.id
 LIMIT %(count)s::INT
