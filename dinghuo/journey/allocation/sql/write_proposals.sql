-- Let the open proposals of shortages lapse and write new ones, ranked as they are given.
-- In:    company_id int, at timestamptz, shortage_ids bigint[] (all looked at), of_ids bigint[] (one a proposal), kinds text[],
--        ranks int[], quantities numeric[], days date[], warehouse_ids bigint[], product_ids bigint[], keeps_price boolean[]
-- Out:   id bigint, shortage_id bigint
-- Needs: the shortages' orders locked
WITH lapsed AS (
    UPDATE shortage_proposal SET state = 'lapsed', decided_at = %(at)s::TIMESTAMPTZ
     WHERE company_id = %(company_id)s::INT AND shortage_id = ANY(%(shortage_ids)s::BIGINT[]) AND state = 'open'
)
INSERT INTO shortage_proposal (company_id, shortage_id, kind, rank, quantity, expected_on, warehouse_id, product_id, keeps_price,
                               state, proposed_at)
SELECT %(company_id)s::INT, new.shortage_id, new.kind, new.rank, new.quantity, new.expected_on, new.warehouse_id, new.product_id,
       new.keeps_price, 'open', %(at)s::TIMESTAMPTZ
  FROM unnest(%(of_ids)s::BIGINT[], %(kinds)s::TEXT[], %(ranks)s::INT[], %(quantities)s::NUMERIC[], %(days)s::DATE[],
              %(warehouse_ids)s::BIGINT[], %(product_ids)s::BIGINT[], %(keeps_price)s::BOOLEAN[])
       AS new (shortage_id, kind, rank, quantity, expected_on, warehouse_id, product_id, keeps_price)
RETURNING id, shortage_id
