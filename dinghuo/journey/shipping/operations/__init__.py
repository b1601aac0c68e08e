"""Every write of shipping."""

from dinghuo.journey.shipping.operations.connections import ConnectionDraft, connect_carrier
from dinghuo.journey.shipping.operations.dispatches import deliver_shipments, dispatch_shipments
from dinghuo.journey.shipping.operations.events import claim_events, name_tracking_number, record_events
from dinghuo.journey.shipping.operations.labels import (
    cancel_labels,
    change_carrier,
    decide_label,
    drop_labels_of_cancelled,
    give_up_labels,
    order_labels,
    retry_labels,
)
from dinghuo.journey.shipping.operations.notices import cancel_shipments, make_shipping_notices
from dinghuo.journey.shipping.operations.returns import take_back_goods
from dinghuo.journey.shipping.operations.shipments import orders_of_shipments

__all__ = [
    "ConnectionDraft",
    "cancel_labels",
    "cancel_shipments",
    "change_carrier",
    "claim_events",
    "connect_carrier",
    "decide_label",
    "deliver_shipments",
    "dispatch_shipments",
    "drop_labels_of_cancelled",
    "give_up_labels",
    "make_shipping_notices",
    "name_tracking_number",
    "order_labels",
    "orders_of_shipments",
    "record_events",
    "retry_labels",
    "take_back_goods",
]
