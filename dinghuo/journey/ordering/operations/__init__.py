"""Every write of ordering."""

from dinghuo.journey.ordering.operations.amendments import amend_order
from dinghuo.journey.ordering.operations.copies import copy_order
from dinghuo.journey.ordering.operations.cuts import cut_lines
from dinghuo.journey.ordering.operations.entry import enter_orders
from dinghuo.journey.ordering.operations.orders import LockedOrder, cancel_orders, lock_orders, submit_orders

__all__ = [
    "LockedOrder",
    "amend_order",
    "cancel_orders",
    "copy_order",
    "cut_lines",
    "enter_orders",
    "lock_orders",
    "submit_orders",
]
