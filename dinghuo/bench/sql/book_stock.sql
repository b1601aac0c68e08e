-- Floor, finance: book what the goods cost, each entry hashed with the one before it.
-- In:    company_id int, order_ids bigint[], at timestamptz
-- Out:   nothing
-- Needs: the invoices booked, a second journal number an order taken
INSERT INTO journal_entry (company_id, number, kind, document, document_id, description, posted_on, posted_at, chain_hash)
SELECT %(company_id)s::INT, posting.number, 'dispatch', 'stock_document', posting.id, posting.description, posting.moved_on,
       %(at)s::TIMESTAMPTZ,
       chain_hash((SELECT chain_hash FROM journal_entry WHERE company_id = %(company_id)s::INT ORDER BY number DESC LIMIT 1),
                  journal_entry_content(posting.number, 'dispatch', 'stock_document', posting.id, posting.description, posting.moved_on,
                                        %(at)s::TIMESTAMPTZ, NULL, NULL, posting.lines))
           OVER (ORDER BY posting.number ROWS UNBOUNDED PRECEDING)
  FROM (SELECT cost.id, cost.number AS description, cost.moved_on,
               (counter.next_number - cardinality(%(order_ids)s::BIGINT[]) - 1 + row_number() OVER (ORDER BY cost.id))::INT AS number,
               (SELECT json_agg(json_build_array(account.id, NULL::BIGINT, side.amount::NUMERIC(18, 3)::TEXT) ORDER BY account.id)
                  FROM (VALUES ('stock', cost.amount), ('cost_of_goods', -cost.amount)) AS side (role, amount)
                  JOIN account ON account.company_id = %(company_id)s::INT AND account.role = side.role) AS lines
          FROM number_series AS counter
         CROSS JOIN LATERAL (
               SELECT document.id, document.number, document.moved_on, sum(move.cost_amount) AS amount
                 FROM shipment
                 JOIN stock_document AS document
                   ON document.company_id = %(company_id)s::INT AND document.kind = 'dispatch' AND document.number = shipment.number
                 JOIN stock_move AS move ON move.company_id = %(company_id)s::INT AND move.document_id = document.id
                WHERE shipment.company_id = %(company_id)s::INT AND shipment.order_id = ANY(%(order_ids)s::BIGINT[])
                GROUP BY document.id, document.number, document.moved_on) AS cost
         WHERE counter.company_id = %(company_id)s::INT AND counter.series = 'journal' AND counter.year = 0) AS posting
