"""Every write of shipping."""

from dinghuo.journey.shipping.operations.dispatches import deliver_shipments, dispatch_shipments
from dinghuo.journey.shipping.operations.notices import cancel_shipments, make_shipping_notices
from dinghuo.journey.shipping.operations.returns import take_back_goods

__all__ = ["cancel_shipments", "deliver_shipments", "dispatch_shipments", "make_shipping_notices", "take_back_goods"]
