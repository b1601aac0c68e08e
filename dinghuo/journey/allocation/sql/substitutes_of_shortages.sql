-- Find the substitutes of short lines' products that are sold today and have free stock in active warehouses, by rank.
-- In:    company_id int, shortage_ids bigint[], today date
-- Out:   shortage_id bigint, product_id bigint, rank int, keeps_price boolean, free numeric (stock units)
-- Needs: nothing
SELECT shortage.id AS shortage_id, other.id AS product_id, may.rank::INT AS rank, may.keeps_price,
       sum(stock.on_hand - stock.allocated) AS free
  FROM shortage
 INNER JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.id = shortage.order_line_id
 INNER JOIN product_substitute AS may ON may.company_id = %(company_id)s::INT AND may.product_id = line.product_id
 INNER JOIN product AS other ON other.company_id = %(company_id)s::INT AND other.id = may.substitute_id AND NOT other.is_blocked
 INNER JOIN stock_level AS stock ON stock.company_id = %(company_id)s::INT AND stock.product_id = other.id
 INNER JOIN warehouse ON warehouse.company_id = %(company_id)s::INT AND warehouse.id = stock.warehouse_id AND warehouse.is_active
 WHERE shortage.company_id = %(company_id)s::INT AND shortage.id = ANY(%(shortage_ids)s::BIGINT[])
   AND (other.discontinued_on IS NULL OR other.discontinued_on > %(today)s::DATE)
   AND (other.sold_from IS NULL OR other.sold_from <= %(today)s::DATE)
   AND stock.on_hand > stock.allocated
 GROUP BY shortage.id, other.id, may.rank, may.keeps_price
 ORDER BY shortage.id, may.rank, other.id
