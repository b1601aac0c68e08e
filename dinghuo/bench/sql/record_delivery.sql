-- Floor, dispatch: record that goods left and arrived.
-- In:    company_id int, order_ids bigint[], at timestamptz
-- Out:   nothing
-- Needs: nothing
INSERT INTO event (company_id, kind, document, document_id, journey_id, at, facts)
SELECT %(company_id)s::INT, happened.kind, 'shipment', shipment.id, shipment.order_id, %(at)s::TIMESTAMPTZ,
       jsonb_build_object('number', shipment.number)
  FROM (VALUES ('ShipmentDispatched'), ('ShipmentDelivered')) AS happened (kind)
 CROSS JOIN shipment
 WHERE shipment.company_id = %(company_id)s::INT AND shipment.order_id = ANY(%(order_ids)s::BIGINT[])
