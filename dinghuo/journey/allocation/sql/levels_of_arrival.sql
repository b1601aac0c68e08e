-- Show the levels that goods of a transfer leave and enter, and what of a transit level is free to leave.
-- In:    company_id int, transit_id bigint, to_id bigint, product_ids bigint[], lot_ids bigint[]
-- Out:   place bigint (from 1), to_level_id bigint, transit_level_id bigint (null when none), free numeric; one row per line, in order
-- Needs: the levels locked by this transaction
SELECT asked.place, arriving.id AS to_level_id, transit.id AS transit_level_id,
       coalesce(transit.on_hand - transit.allocated, 0) AS free
  FROM unnest(%(product_ids)s::BIGINT[], %(lot_ids)s::BIGINT[]) WITH ORDINALITY AS asked (product_id, lot_id, place)
  LEFT JOIN stock_level AS arriving
         ON arriving.company_id = %(company_id)s::INT AND arriving.warehouse_id = %(to_id)s::BIGINT
        AND arriving.product_id = asked.product_id AND arriving.lot_id IS NOT DISTINCT FROM asked.lot_id
  LEFT JOIN stock_level AS transit
         ON transit.company_id = %(company_id)s::INT AND transit.warehouse_id = %(transit_id)s::BIGINT
        AND transit.product_id = asked.product_id AND transit.lot_id IS NOT DISTINCT FROM asked.lot_id
 ORDER BY asked.place
