"""The tables of review."""

from dinghuo.journey.review.models.approvals import (
    Approval,
    ApprovalBand,
    ApprovalMatrix,
    ApprovalRequest,
    ApprovalStep,
    Delegation,
    DutySeparation,
    ReasonCode,
    RequestState,
    SalesPerson,
    StepState,
)
from dinghuo.journey.review.models.reviews import Hold, Review, ReviewFinding
from dinghuo.journey.review.models.rule_versions import ReviewRule

__all__ = [
    "Approval",
    "ApprovalBand",
    "ApprovalMatrix",
    "ApprovalRequest",
    "ApprovalStep",
    "Delegation",
    "DutySeparation",
    "Hold",
    "ReasonCode",
    "RequestState",
    "Review",
    "ReviewFinding",
    "ReviewRule",
    "SalesPerson",
    "StepState",
]
