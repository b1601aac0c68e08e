"""Every write of review."""

from dinghuo.journey.review.operations.approvals import (
    approve_step,
    approve_steps,
    ask_step,
    ask_steps,
    escalate_overdue,
    reject_step,
    reject_steps,
)
from dinghuo.journey.review.operations.decisions import reject_orders, release_orders
from dinghuo.journey.review.operations.delegations import delegate, end_delegations
from dinghuo.journey.review.operations.doors import check_orders
from dinghuo.journey.review.operations.duties import admit_member, separate_duties
from dinghuo.journey.review.operations.holds import hold_lines, hold_orders, release_holds
from dinghuo.journey.review.operations.judging import review_held_orders, review_orders
from dinghuo.journey.review.operations.limits import change_customer
from dinghuo.journey.review.operations.matrix import set_matrix, set_sales_person
from dinghuo.journey.review.operations.questions import answer_question, ask_about_orders
from dinghuo.journey.review.operations.rule_versions import (
    RuleDraft,
    add_rule,
    change_rule,
    install_rules,
    restore_rule,
    retire_rule,
)

__all__ = [
    "RuleDraft",
    "add_rule",
    "admit_member",
    "answer_question",
    "approve_step",
    "approve_steps",
    "ask_about_orders",
    "ask_step",
    "ask_steps",
    "change_customer",
    "change_rule",
    "check_orders",
    "delegate",
    "end_delegations",
    "escalate_overdue",
    "hold_lines",
    "hold_orders",
    "install_rules",
    "reject_orders",
    "reject_step",
    "reject_steps",
    "release_holds",
    "release_orders",
    "restore_rule",
    "retire_rule",
    "review_held_orders",
    "review_orders",
    "separate_duties",
    "set_matrix",
    "set_sales_person",
]
