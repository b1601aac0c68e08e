"""Stage 3, shipping 发货与物流: goods leave, arrive, and sometimes come back.

Takes allocations. Gives shipping notices with a carrier, dispatches, deliveries and customer returns. Owns shipment, shipment_line,
package, carrier_booking, tracking_event, customer_return and customer_return_line. Records ShipmentNoticed, ShipmentDispatched,
ShipmentDelivered, ShipmentCancelled and GoodsReturned.
"""
