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
from dinghuo.journey.review.models.parties import DeniedParty, RegistryCheck
from dinghuo.journey.review.models.reviews import AskedOf, Hold, OrderQuestion, Review, ReviewFinding
from dinghuo.journey.review.models.rule_versions import ReviewRule

__all__ = [
    "Approval",
    "ApprovalBand",
    "ApprovalMatrix",
    "ApprovalRequest",
    "ApprovalStep",
    "AskedOf",
    "Delegation",
    "DeniedParty",
    "DutySeparation",
    "Hold",
    "OrderQuestion",
    "ReasonCode",
    "RegistryCheck",
    "RequestState",
    "Review",
    "ReviewFinding",
    "ReviewRule",
    "SalesPerson",
    "StepState",
]
