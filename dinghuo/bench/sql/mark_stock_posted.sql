-- Floor, finance: say that the ledger has the stock documents.
-- In:    company_id int, order_ids bigint[], at timestamptz
-- Out:   nothing
-- Needs: nothing
UPDATE stock_document SET posted_at = %(at)s::TIMESTAMPTZ
  FROM shipment
 WHERE shipment.company_id = %(company_id)s::INT AND shipment.order_id = ANY(%(order_ids)s::BIGINT[])
   AND stock_document.company_id = %(company_id)s::INT AND stock_document.kind = 'dispatch' AND stock_document.number = shipment.number
