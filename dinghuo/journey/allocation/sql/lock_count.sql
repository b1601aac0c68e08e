-- Lock a count.
-- In:    company_id int, count_id bigint
-- Out:   id bigint, number text, state text, warehouse_id bigint; one row or none
-- Needs: the number series locked by this transaction
SELECT id, number, state, warehouse_id
  FROM stock_count
 WHERE company_id = %(company_id)s::INT AND id = %(count_id)s::BIGINT
   FOR NO KEY UPDATE
