-- Set goods aside: a row each, and what they take from the free stock of their levels.
-- In:    company_id int, at timestamptz, actor_id int, reason text, stock_level_ids bigint[], quantities numeric[]
-- Out:   id bigint; one row per quarantine, in the order asked
-- Needs: the levels locked by this transaction, with so much of them free
WITH asked AS MATERIALIZED (
    SELECT given.place, given.stock_level_id, given.quantity
      FROM unnest(%(stock_level_ids)s::BIGINT[], %(quantities)s::NUMERIC[]) WITH ORDINALITY AS given (stock_level_id, quantity, place)
), written AS (
    INSERT INTO quarantine (company_id, stock_level_id, quantity, reason, set_aside_at, set_aside_by_id)
    SELECT %(company_id)s::INT, stock_level_id, quantity, %(reason)s::TEXT, %(at)s::TIMESTAMPTZ, %(actor_id)s::INT
      FROM asked
     ORDER BY place
    RETURNING id
), levels AS (
    UPDATE stock_level SET allocated = stock_level.allocated + taken.quantity
      FROM (SELECT stock_level_id, sum(quantity) AS quantity FROM asked GROUP BY stock_level_id) AS taken
     WHERE stock_level.company_id = %(company_id)s::INT AND stock_level.id = taken.stock_level_id
)
SELECT id FROM written ORDER BY id
