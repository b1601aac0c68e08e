-- Name the products whose waiting lines do not count on all that is expected and wanted.
-- In:    company_id int
-- Out:   id bigint
-- Needs: nothing
WITH short AS (
    SELECT line.product_id, sum(line.ordered - line.allocated) AS units
      FROM shortage
      JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.id = shortage.order_line_id
      JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = line.order_id
     WHERE shortage.company_id = %(company_id)s::INT AND shortage.closed_at IS NULL AND sales_order.state = 'released'
     GROUP BY line.product_id
), due AS (
    SELECT product_id, sum(quantity - received) AS units
      FROM inbound_supply
     WHERE company_id = %(company_id)s::INT AND received < quantity
     GROUP BY product_id
), pegged AS (
    SELECT product_id, sum(quantity) AS units FROM supply_peg WHERE company_id = %(company_id)s::INT GROUP BY product_id
), wanted AS (
    SELECT short.product_id, least(short.units, due.units) AS units
      FROM short
      JOIN due ON due.product_id = short.product_id
)
SELECT coalesce(wanted.product_id, pegged.product_id) AS id
  FROM wanted
  FULL JOIN pegged ON pegged.product_id = wanted.product_id
 WHERE coalesce(wanted.units, 0) <> coalesce(pegged.units, 0)
 ORDER BY id
