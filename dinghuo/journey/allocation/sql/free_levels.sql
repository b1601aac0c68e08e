-- Give units that were held or set aside back to the free stock of their levels.
-- In:    company_id int, stock_level_ids bigint[], quantities numeric[]
-- Out:   nothing
-- Needs: the levels locked by this transaction
UPDATE stock_level SET allocated = stock_level.allocated - freed.quantity
  FROM (SELECT stock_level_id, sum(quantity) AS quantity
          FROM unnest(%(stock_level_ids)s::BIGINT[], %(quantities)s::NUMERIC[]) AS asked (stock_level_id, quantity)
         GROUP BY stock_level_id) AS freed
 WHERE stock_level.company_id = %(company_id)s::INT AND stock_level.id = freed.stock_level_id
