"""Every write of shipping."""

from dinghuo.journey.shipping.operations.dispatches import deliver_shipments, dispatch_shipments
from dinghuo.journey.shipping.operations.events import claim_events, name_tracking_number, record_events
from dinghuo.journey.shipping.operations.notices import cancel_shipments, make_shipping_notices
from dinghuo.journey.shipping.operations.returns import take_back_goods
from dinghuo.journey.shipping.operations.shipments import orders_of_shipments

__all__ = [
    "cancel_shipments",
    "claim_events",
    "deliver_shipments",
    "dispatch_shipments",
    "make_shipping_notices",
    "name_tracking_number",
    "orders_of_shipments",
    "record_events",
    "take_back_goods",
]
