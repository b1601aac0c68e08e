-- Lock goods that were set aside and show their levels.
-- In:    company_id int, quarantine_ids bigint[]
-- Out:   id bigint, state text, quantity numeric, stock_level_id bigint, warehouse_id bigint, product_id bigint, lot_id bigint,
--        on_hand numeric, allocated numeric, cost_amount numeric, standard_cost numeric, minor_units int, rounding text, count_number text
--        (what counts the level, null when nothing does); by id
-- Needs: the levels locked by this transaction
SELECT quarantine.id, quarantine.state, quarantine.quantity, level.id AS stock_level_id, level.warehouse_id, level.product_id, level.lot_id,
       level.on_hand, level.allocated, level.cost_amount, product.standard_cost, currency.minor_units, company.rounding,
       (SELECT min(stock_count.number)
          FROM stock_count
          JOIN stock_count_line AS counted ON counted.company_id = %(company_id)s::INT AND counted.count_id = stock_count.id
         WHERE stock_count.company_id = %(company_id)s::INT AND stock_count.state = 'open'
           AND counted.stock_level_id = level.id) AS count_number
  FROM quarantine
  JOIN stock_level AS level ON level.company_id = %(company_id)s::INT AND level.id = quarantine.stock_level_id
  JOIN product ON product.company_id = %(company_id)s::INT AND product.id = level.product_id
 CROSS JOIN company
  JOIN currency ON currency.code = company.currency
 WHERE quarantine.company_id = %(company_id)s::INT AND quarantine.id = ANY(%(quarantine_ids)s::BIGINT[])
   AND company.id = %(company_id)s::INT
 ORDER BY quarantine.id
   FOR NO KEY UPDATE OF quarantine
