"""Stage 3, shipping 发货与物流: goods leave, arrive, and sometimes come back.

Takes allocations and carriers' words. Gives shipping notices with a carrier, labels, dispatches, deliveries and customer returns.
Owns shipment, shipment_line, package, carrier_booking, carrier_connection, shipping_label, tracking_event, unclaimed_event,
customer_return and customer_return_line. Records ShipmentNoticed, ShipmentDispatched, ArrivalMoved, ShipmentDelivered,
ShipmentCancelled, GoodsReturned, TrackingNumberKnown, CarrierConnected, and of labels LabelOrdered, LabelRetried, LabelBooked,
LabelRefused, LabelDecided, LabelGivenUp, LabelCancelling and LabelCancelled.
"""
