-- Floor, finance: write the two sides of what the goods cost.
-- In:    company_id int, order_ids bigint[]
-- Out:   nothing
-- Needs: the entries written
INSERT INTO journal_line (company_id, entry_id, account_id, amount)
SELECT %(company_id)s::INT, entry.id, account.id, side.sign * cost.amount
  FROM (SELECT document.id, sum(move.cost_amount) AS amount
          FROM shipment
          JOIN stock_document AS document
            ON document.company_id = %(company_id)s::INT AND document.kind = 'dispatch' AND document.number = shipment.number
          JOIN stock_move AS move ON move.company_id = %(company_id)s::INT AND move.document_id = document.id
         WHERE shipment.company_id = %(company_id)s::INT AND shipment.order_id = ANY(%(order_ids)s::BIGINT[])
         GROUP BY document.id) AS cost
  JOIN journal_entry AS entry
    ON entry.company_id = %(company_id)s::INT AND entry.document = 'stock_document' AND entry.document_id = cost.id
 CROSS JOIN (VALUES ('stock', 1), ('cost_of_goods', -1)) AS side (role, sign)
  JOIN account ON account.company_id = %(company_id)s::INT AND account.role = side.role
