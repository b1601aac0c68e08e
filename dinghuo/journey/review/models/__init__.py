"""The tables of review."""

from dinghuo.journey.review.models.approvals import Approval
from dinghuo.journey.review.models.reviews import Hold, Review, ReviewFinding
from dinghuo.journey.review.models.rules import ReviewRule

__all__ = ["Approval", "Hold", "Review", "ReviewFinding", "ReviewRule"]
