"""Every write of review."""

from dinghuo.journey.review.operations.decisions import reject_orders, release_orders
from dinghuo.journey.review.operations.judging import review_held_orders, review_orders
from dinghuo.journey.review.operations.rules import install_rules

__all__ = ["install_rules", "reject_orders", "release_orders", "review_held_orders", "review_orders"]
