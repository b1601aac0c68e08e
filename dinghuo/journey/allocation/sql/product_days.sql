-- Show what there was of a product in all at the end of each day on which it moved, the last days.
-- In:    company_id integer, product_id bigint, warehouse_id bigint (null for all warehouses together), count integer
-- Out:   day date, balance numeric (stock units); at most count rows, the last day first
-- Needs: nothing
SELECT document.moved_on AS day, sum(sum(move.quantity)) OVER (ORDER BY document.moved_on) AS balance
  FROM stock_level
 INNER JOIN stock_move AS move ON move.company_id = stock_level.company_id AND move.stock_level_id = stock_level.id
 INNER JOIN stock_document AS document ON document.company_id = move.company_id AND document.id = move.document_id
 WHERE stock_level.company_id = %(company_id)s::INT AND stock_level.product_id = %(product_id)s::BIGINT
   AND (%(warehouse_id)s::BIGINT IS NULL OR stock_level.warehouse_id = %(warehouse_id)s::BIGINT)
 GROUP BY document.moved_on
 ORDER BY document.moved_on DESC
 LIMIT %(count)s::INT
