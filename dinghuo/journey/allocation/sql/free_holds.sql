-- Give what holds keep back to the free stock of their levels.
-- In:    company_id int, stock_hold_ids bigint[]
-- Out:   nothing
-- Needs: the levels and the holds locked by this transaction, each hold open
UPDATE stock_level SET allocated = stock_level.allocated - freed.quantity
  FROM (SELECT part.stock_level_id, sum(part.quantity) AS quantity
          FROM stock_hold_part AS part
         WHERE part.company_id = %(company_id)s::INT AND part.stock_hold_id = ANY(%(stock_hold_ids)s::BIGINT[])
         GROUP BY part.stock_level_id) AS freed
 WHERE stock_level.company_id = %(company_id)s::INT AND stock_level.id = freed.stock_level_id
