-- List the proposals of a shortage, the newest round first, each round by rank, as programs read them.
-- In:    company_id int, shortage_id bigint, proposal_id bigint (null for all)
-- Out:   id bigint, shortage_id bigint, order_id bigint, order_line_id bigint, kind text, rank int, quantity numeric (stock units),
--        expected_on date, warehouse text, product text (the substitute), keeps_price boolean, state text, proposed_at timestamptz,
--        decided_at timestamptz, document_id bigint (what accepting it made); at most 1,000 rows
-- Needs: nothing
SELECT proposal.id, proposal.shortage_id, line.order_id, line.id AS order_line_id, proposal.kind, proposal.rank::INT AS rank,
       trim_scale(proposal.quantity) AS quantity, proposal.expected_on, warehouse.code AS warehouse, product.code AS product,
       proposal.keeps_price, proposal.state, proposal.proposed_at, proposal.decided_at, proposal.document_id
  FROM shortage_proposal AS proposal
 INNER JOIN shortage ON shortage.company_id = %(company_id)s::INT AND shortage.id = proposal.shortage_id
 INNER JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.id = shortage.order_line_id
  LEFT JOIN warehouse ON warehouse.company_id = %(company_id)s::INT AND warehouse.id = proposal.warehouse_id
  LEFT JOIN product ON product.company_id = %(company_id)s::INT AND product.id = proposal.product_id
 WHERE proposal.company_id = %(company_id)s::INT
   AND (proposal.shortage_id = %(shortage_id)s::BIGINT OR proposal.id = %(proposal_id)s::BIGINT)
 ORDER BY proposal.proposed_at DESC, proposal.rank, proposal.id
 LIMIT 1000
