"""Every write of the stage: goods expected, received and corrected; stock given to orders and taken back."""

from dinghuo.journey.allocation.operations.adjustments import adjust_stock
from dinghuo.journey.allocation.operations.allocations import allocate_orders, give_back
from dinghuo.journey.allocation.operations.receipts import expect_supply, receive_expected, receive_stock

__all__ = ["adjust_stock", "allocate_orders", "expect_supply", "give_back", "receive_expected", "receive_stock"]
