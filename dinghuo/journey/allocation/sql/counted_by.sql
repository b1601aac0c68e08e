-- Say whether a person wrote down anything that stands on a count's sheet.
-- In:    company_id int, count_id bigint, actor_id int
-- Out:   id bigint (a line of the sheet); one row or none
-- Needs: the count locked by this transaction
SELECT line.id
  FROM stock_count_line AS line
 WHERE line.company_id = %(company_id)s::INT AND line.count_id = %(count_id)s::BIGINT AND line.counted_by_id = %(actor_id)s::INT
 ORDER BY line.id
 LIMIT 1
