-- Move units of some lines' allocations to another line, where they lie; follow the shortages of all.
-- In:    company_id int, at timestamptz, run_id bigint, taker_id bigint (line), donor_ids bigint[], quantities numeric[]
-- Out:   donor_id bigint, units numeric; one row a donor
-- Needs: the orders and the stock levels of the product locked by this transaction, no donor with less than is taken
WITH asked AS MATERIALIZED (
    SELECT asked.donor_id, asked.quantity
      FROM unnest(%(donor_ids)s::BIGINT[], %(quantities)s::NUMERIC[]) AS asked (donor_id, quantity)
), has AS MATERIALIZED (
    SELECT allocation.id, asked.donor_id, asked.quantity AS wanted, allocation.stock_level_id,
           allocation.quantity - allocation.given_back AS quantity,
           sum(allocation.quantity - allocation.given_back) OVER (PARTITION BY asked.donor_id ORDER BY allocation.id DESC) AS upto
      FROM asked
      JOIN allocation ON allocation.company_id = %(company_id)s::INT AND allocation.order_line_id = asked.donor_id
     WHERE allocation.given_back < allocation.quantity
       AND NOT EXISTS (
           SELECT FROM shipment_line
            WHERE shipment_line.company_id = %(company_id)s::INT AND shipment_line.allocation_id = allocation.id
              AND NOT shipment_line.is_cancelled)
), part AS MATERIALIZED (
    SELECT id, donor_id, stock_level_id, least(quantity, wanted - (upto - quantity)) AS quantity
      FROM has
     WHERE upto - quantity < wanted
), taken AS (
    UPDATE allocation SET given_back = allocation.given_back + part.quantity
      FROM part
     WHERE allocation.company_id = %(company_id)s::INT AND allocation.id = part.id
), given AS (
    INSERT INTO allocation (company_id, run_id, order_line_id, stock_level_id, quantity, allocated_at)
    SELECT %(company_id)s::INT, %(run_id)s::BIGINT, %(taker_id)s::BIGINT, stock_level_id, sum(quantity), %(at)s::TIMESTAMPTZ
      FROM part
     GROUP BY stock_level_id
     ORDER BY stock_level_id
), change AS MATERIALIZED (
    SELECT donor_id AS line_id, -sum(quantity) AS quantity FROM part GROUP BY donor_id
     UNION ALL
    SELECT %(taker_id)s::BIGINT, sum(quantity) FROM part
), lines AS (
    UPDATE sales_order_line AS line SET allocated = line.allocated + change.quantity
      FROM change
     WHERE line.company_id = %(company_id)s::INT AND line.id = change.line_id
), short AS MATERIALIZED (
    SELECT change.line_id, line.ordered - line.allocated - change.quantity AS quantity, shortage.id AS shortage_id
      FROM change
      JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.id = change.line_id
      LEFT JOIN shortage
        ON shortage.company_id = %(company_id)s::INT AND shortage.order_line_id = change.line_id AND shortage.closed_at IS NULL
), followed AS (
    UPDATE shortage
       SET quantity = CASE WHEN short.quantity > 0 THEN short.quantity ELSE shortage.quantity END,
           closed_at = CASE WHEN short.quantity > 0 THEN NULL ELSE %(at)s::TIMESTAMPTZ END
      FROM short
     WHERE shortage.company_id = %(company_id)s::INT AND shortage.id = short.shortage_id
), opened AS (
    INSERT INTO shortage (company_id, order_line_id, quantity, opened_at)
    SELECT %(company_id)s::INT, line_id, quantity, %(at)s::TIMESTAMPTZ
      FROM short
     WHERE shortage_id IS NULL AND quantity > 0
     ORDER BY line_id
)
SELECT donor_id, sum(quantity) AS units
  FROM part
 GROUP BY donor_id
 ORDER BY donor_id
