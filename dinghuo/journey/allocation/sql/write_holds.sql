-- Write holds with the units of levels that they keep, and take those from the levels' free stock.
-- In:    company_id int, at timestamptz, actor_id int, kinds text[], customer_ids bigint[], warehouse_ids bigint[], product_ids bigint[],
--        quantities numeric[], expires_at timestamptz[], notes text[] (one element a hold), part_places int[] (of the hold, from 1),
--        part_level_ids bigint[], part_quantities numeric[]
-- Out:   id bigint; one row per hold, in the order asked
-- Needs: the levels locked by this transaction, with so much of them free
WITH asked AS MATERIALIZED (
    SELECT given.place, given.kind, given.customer_id, given.warehouse_id, given.product_id, given.quantity, given.expires_at, given.note
      FROM unnest(%(kinds)s::TEXT[], %(customer_ids)s::BIGINT[], %(warehouse_ids)s::BIGINT[], %(product_ids)s::BIGINT[],
                  %(quantities)s::NUMERIC[], %(expires_at)s::TIMESTAMPTZ[], %(notes)s::TEXT[]) WITH ORDINALITY
           AS given (kind, customer_id, warehouse_id, product_id, quantity, expires_at, note, place)
), written AS (
    INSERT INTO stock_hold (company_id, kind, customer_id, warehouse_id, product_id, quantity, note, held_at, held_by_id, expires_at)
    SELECT %(company_id)s::INT, kind, customer_id, warehouse_id, product_id, quantity, note, %(at)s::TIMESTAMPTZ, %(actor_id)s::INT,
           expires_at
      FROM asked
     ORDER BY place
    RETURNING id
), numbered AS (
    -- Ids are drawn in the order of the places, so that counting pairs them.
    SELECT id, row_number() OVER (ORDER BY id) AS place FROM written
), part AS MATERIALIZED (
    SELECT given.place, given.stock_level_id, given.quantity
      FROM unnest(%(part_places)s::INT[], %(part_level_ids)s::BIGINT[], %(part_quantities)s::NUMERIC[])
           AS given (place, stock_level_id, quantity)
), parts AS (
    INSERT INTO stock_hold_part (company_id, stock_hold_id, stock_level_id, quantity)
    SELECT %(company_id)s::INT, numbered.id, part.stock_level_id, part.quantity
      FROM part
      JOIN numbered ON numbered.place = part.place
     ORDER BY numbered.id, part.stock_level_id
), levels AS (
    UPDATE stock_level SET allocated = stock_level.allocated + taken.quantity
      FROM (SELECT stock_level_id, sum(quantity) AS quantity FROM part GROUP BY stock_level_id) AS taken
     WHERE stock_level.company_id = %(company_id)s::INT AND stock_level.id = taken.stock_level_id
)
SELECT id FROM numbered ORDER BY place
