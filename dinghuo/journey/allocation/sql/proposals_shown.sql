-- Show what was proposed for some shortages: what is open, by rank, and the last that was accepted or taken back.
-- In:    company_id int, shortage_ids bigint[]
-- Out:   id bigint, shortage_id bigint, kind text, rank int, quantity numeric (stock units), expected_on date, warehouse text (code),
--        product text (code of the substitute), product_name text, product_name_zh text, keeps_price boolean, state text,
--        decided_at timestamptz
-- Needs: nothing
SELECT proposal.id, proposal.shortage_id, proposal.kind, proposal.rank::INT AS rank, trim_scale(proposal.quantity) AS quantity,
       proposal.expected_on, coalesce(warehouse.code, '') AS warehouse, coalesce(product.code, '') AS product,
       coalesce(product.name, '') AS product_name, coalesce(product.name_zh, '') AS product_name_zh, proposal.keeps_price, proposal.state,
       proposal.decided_at
  FROM shortage_proposal AS proposal
  LEFT JOIN warehouse ON warehouse.company_id = %(company_id)s::INT AND warehouse.id = proposal.warehouse_id
  LEFT JOIN product ON product.company_id = %(company_id)s::INT AND product.id = proposal.product_id
 WHERE proposal.company_id = %(company_id)s::INT AND proposal.shortage_id = ANY(%(shortage_ids)s::BIGINT[])
   AND proposal.state IN ('open', 'accepted')
 ORDER BY proposal.shortage_id, proposal.rank, proposal.id
