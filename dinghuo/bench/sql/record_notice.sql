-- Floor, notice: record the notices and the promises.
-- In:    company_id int, order_ids bigint[], at timestamptz
-- Out:   nothing
-- Needs: the shipments written
INSERT INTO event (company_id, kind, document, document_id, journey_id, at, facts)
SELECT %(company_id)s::INT, happened.kind, happened.document,
       CASE happened.document WHEN 'shipment' THEN shipment.id ELSE shipment.order_id END,
       shipment.order_id, %(at)s::TIMESTAMPTZ,
       jsonb_build_object('number', shipment.number, 'carrier', 'K1', 'planned_on', shipment.planned_on)
  FROM (VALUES ('ShipmentNoticed', 'shipment'), ('PromiseMade', 'sales_order')) AS happened (kind, document)
 CROSS JOIN shipment
 WHERE shipment.company_id = %(company_id)s::INT AND shipment.order_id = ANY(%(order_ids)s::BIGINT[])
