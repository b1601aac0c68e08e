-- Lock the supplies that receipts fulfil and say which receipts cannot be taken in, and why.
-- In:    company_id int, places int[], warehouse_ids bigint[], product_ids bigint[], quantities numeric[], inbound_ids bigint[]
-- Out:   place int, code text ("done" or why not), due numeric (what the supply still expects), one row per receipt, in order
-- Needs: the number series locked by this transaction
WITH inbound AS MATERIALIZED (
    SELECT id, warehouse_id, product_id, quantity - received AS due
      FROM inbound_supply
     WHERE company_id = %(company_id)s::INT AND id = ANY(%(inbound_ids)s::BIGINT[])
     ORDER BY id
       FOR NO KEY UPDATE
)
SELECT asked.place,
       CASE WHEN warehouse.id IS NULL THEN 'unknown_warehouse'
            WHEN product.id IS NULL THEN 'unknown_product'
            WHEN asked.inbound_id IS NULL THEN 'done'
            WHEN inbound.id IS NULL THEN 'unknown_supply'
            WHEN sum(asked.quantity) OVER (PARTITION BY asked.inbound_id ORDER BY asked.place) > inbound.due
            THEN 'more_than_expected' ELSE 'done' END AS code,
       inbound.due
  FROM unnest(%(places)s::INT[], %(warehouse_ids)s::BIGINT[], %(product_ids)s::BIGINT[], %(quantities)s::NUMERIC[],
              %(inbound_ids)s::BIGINT[]) AS asked (place, warehouse_id, product_id, quantity, inbound_id)
  LEFT JOIN warehouse ON warehouse.company_id = %(company_id)s::INT AND warehouse.id = asked.warehouse_id
  LEFT JOIN product ON product.company_id = %(company_id)s::INT AND product.id = asked.product_id
  LEFT JOIN inbound ON inbound.id = asked.inbound_id AND inbound.warehouse_id = asked.warehouse_id
                   AND inbound.product_id = asked.product_id
 ORDER BY asked.place
