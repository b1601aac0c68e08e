-- Name the released orders that a run could serve or has not looked at yet.
-- In:    company_id int
-- Out:   id bigint
-- Needs: nothing
-- A line that is known to be short is looked at again only when its product has free stock.
SELECT DISTINCT line.order_id AS id
  FROM sales_order
  JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.order_id = sales_order.id
 WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.state = 'released' AND line.allocated < line.ordered
   AND NOT EXISTS (
           SELECT FROM hold
            WHERE hold.company_id = %(company_id)s::INT AND hold.order_line_id = line.id AND hold.lifted_at IS NULL)
   AND (NOT EXISTS (
            SELECT FROM shortage
             WHERE shortage.company_id = %(company_id)s::INT AND shortage.order_line_id = line.id
               AND shortage.closed_at IS NULL AND shortage.quantity = line.ordered - line.allocated)
        OR EXISTS (
            SELECT FROM stock_level
             WHERE stock_level.company_id = %(company_id)s::INT AND stock_level.product_id = line.product_id
               AND stock_level.on_hand > stock_level.allocated))
 ORDER BY line.order_id
