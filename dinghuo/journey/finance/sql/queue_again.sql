-- Put lines back into the queue, and forget what their matches taught.
-- In:    company_id int, actor_id int, at timestamptz; one element a line: line_ids bigint[], match_ids bigint[] (undone)
-- Out:   nothing
-- Needs: the matches undone by this transaction
WITH forgotten AS (
    UPDATE payer_alias SET retired_at = %(at)s::TIMESTAMPTZ, retired_by_id = %(actor_id)s::INT
     WHERE company_id = %(company_id)s::INT AND match_id = ANY(%(match_ids)s::BIGINT[]) AND retired_at IS NULL
)
INSERT INTO bank_match (company_id, line_id, state)
SELECT %(company_id)s::INT, line.id, 'waiting'
  FROM unnest(%(line_ids)s::BIGINT[]) AS line (id)
 ORDER BY line.id
