"""Every write of review."""

from dinghuo.journey.review.operations.decisions import reject_orders, release_orders
from dinghuo.journey.review.operations.doors import check_orders, release_holds
from dinghuo.journey.review.operations.judging import review_held_orders, review_orders
from dinghuo.journey.review.operations.rule_versions import RuleDraft, add_rule, change_rule, install_rules, retire_rule

__all__ = [
    "RuleDraft",
    "add_rule",
    "change_rule",
    "check_orders",
    "install_rules",
    "reject_orders",
    "release_holds",
    "release_orders",
    "retire_rule",
    "review_held_orders",
    "review_orders",
]
