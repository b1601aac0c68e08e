"""Reads of tracking: what customers said."""

from dataclasses import dataclass
from datetime import datetime

from dinghuo.kernel import sql


@dataclass(frozen=True, slots=True)
class FeedbackRow:
    """What a customer said about an order, and our answer."""

    id: int
    order_id: int
    order_number: str
    customer_code: str
    name: str
    name_zh: str
    rating: int
    comment: str
    left_at: datetime
    answer: str
    answered_at: datetime | None


def feedback(*, company_id: int, only_open: bool, before_id: int, count: int) -> list[FeedbackRow]:
    """What customers said, the newest first; with `only_open` what still waits for an answer."""
    limits = {"only_open": only_open, "before_id": before_id, "count": count}
    return sql.rows("tracking/feedback_page", FeedbackRow, company_id=company_id, **limits)
