-- Tell what became of some products since a run of a policy was computed: stock that moved, units given and given back, new lines.
-- In:    company_id int, product_codes text[], since timestamptz
-- Out:   id bigint, code text, name text, name_zh text, stock_moved numeric, given numeric (stock units), lines_ordered bigint; by code
-- Needs: nothing
SELECT product.id, product.code, product.name, product.name_zh,
       trim_scale(coalesce((
           SELECT sum(stock_move.quantity)
             FROM stock_level
            INNER JOIN stock_move ON stock_move.company_id = %(company_id)s::INT AND stock_move.stock_level_id = stock_level.id
            INNER JOIN stock_document ON stock_document.company_id = %(company_id)s::INT AND stock_document.id = stock_move.document_id
            WHERE stock_level.company_id = %(company_id)s::INT AND stock_level.product_id = product.id
              AND stock_document.recorded_at >= %(since)s::TIMESTAMPTZ
       ), 0)) AS stock_moved,
       trim_scale(coalesce((
           SELECT sum(allocation.quantity)
             FROM stock_level
            INNER JOIN allocation ON allocation.company_id = %(company_id)s::INT AND allocation.stock_level_id = stock_level.id
            WHERE stock_level.company_id = %(company_id)s::INT AND stock_level.product_id = product.id
              AND allocation.allocated_at >= %(since)s::TIMESTAMPTZ
       ), 0)) AS given,
       (
           SELECT count(*)
             FROM sales_order_line AS line
            INNER JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = line.order_id
            WHERE line.company_id = %(company_id)s::INT AND line.product_id = product.id
              AND sales_order.created_at >= %(since)s::TIMESTAMPTZ
       ) AS lines_ordered
  FROM product
 WHERE product.company_id = %(company_id)s::INT AND product.code = ANY(%(product_codes)s::TEXT[])
 ORDER BY product.code
