"""What happened, over the API: an order's timeline, the journal to follow, and what customers say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

from ninja import Query, Router
from pydantic import Field

from dinghuo.journey.ordering.api import order_summary
from dinghuo.journey.tracking import operations
from dinghuo.journey.tracking.rules import COMMENT_MAX
from dinghuo.kernel import sql
from dinghuo.reference.bearers import ApiRequest
from dinghuo.reference.routes import route
from dinghuo.reference.wire import ID_MAX, Asked, Id, Page, Paging, Text, page_of

router = Router(tags=["tracking"])

# What customers are told of their orders; the rest is the house's own business.
FOR_CUSTOMERS: Final = (
    "OrderEntered",
    "OrderSubmitted",
    "OrderAmended",
    "OrderReleased",
    "OrderCancelled",
    "LineShort",
    "CustomerAsked",
    "CustomerAnswered",
    "ShipmentNoticed",
    "PromiseMade",
    "ShipmentDispatched",
    "ArrivalMoved",
    "ShipmentDelivered",
    "GoodsReturned",
    "InvoicePosted",
    "CreditNotePosted",
    "FeedbackLeft",
    "FeedbackAnswered",
)


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """Something that happened on an order's way; actor and facts are left out for customers."""

    id: int
    kind: str
    document: str
    document_id: int
    at: datetime
    actor_id: int | None
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class JournalEvent:
    """Something that happened; `order_id` names the order on whose way it lies."""

    id: int
    kind: str
    document: str
    document_id: int
    order_id: int | None
    actor_id: int | None
    at: datetime
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Feedback:
    """A customer's rating (1 to 5) and comment of an order, and our answer."""

    id: int
    order_id: int
    order_number: str
    customer: str
    rating: int
    comment: str
    left_at: datetime
    answer: str
    answered_at: datetime | None


class FeedbackAsked(Asked):
    """A rating from 1 to 5 and, if wanted, a comment."""

    rating: Annotated[int, Field(strict=True, ge=1, le=5)]
    comment: Annotated[str, Text(most=COMMENT_MAX)] = ""


class AnswerAsked(Asked):
    """Our answer to a customer."""

    answer: Annotated[str, Text(most=COMMENT_MAX, least=1)]


class EventsWanted(Paging):
    """Which events to follow."""

    kind: list[Annotated[str, Text(most=40)]] | None = Field(None, max_length=50)


class FeedbackWanted(Paging):
    """Which feedback to list."""

    unanswered: bool = False


@route(router, "GET /orders/{order_id}/timeline", needs=("orders.read", "portal.read"))
def list_timeline(request: ApiRequest, order_id: Id, wanted: Query[Paging]) -> Page[TimelineEvent]:
    """Tell what happened on an order's way, first to last; a customer is told what concerns it."""
    order_summary(request, order_id)
    kinds = None if request.only_customer is None else list(FOR_CUSTOMERS)
    asked = {"order_id": order_id, "after": wanted.after, "count": wanted.count, "kinds": kinds}
    return page_of(sql.rows("tracking/timeline_after", TimelineEvent, company_id=request.act.company_id, **asked), wanted)


@route(router, "GET /events", needs="events.read")
def list_events(request: ApiRequest, wanted: Query[EventsWanted]) -> Page[JournalEvent]:
    """Follow the journal: all that happened in the company, first to last, from a cursor on.

    `next` is null at the end; ask again with the id of the last event as cursor. Events are numbered before they commit, so one may
    appear behind a later one: a follower that must miss none asks again from some way back and drops the ids that it knows.
    """
    asked = {"after": wanted.after, "count": wanted.count, "kinds": wanted.kind}
    return page_of(sql.rows("tracking/events_after", JournalEvent, company_id=request.act.company_id, **asked), wanted)


@route(router, "POST /orders/{order_id}/feedback", needs="portal.write", status=201)
def leave_feedback(request: ApiRequest, order_id: Id, asked: FeedbackAsked) -> Feedback:
    """Rate a delivered order of one's own. Refused with `not_delivered` and `already_rated`."""
    customer_id = request.bearer.customer_id or 0
    left = operations.leave_feedback(
        act=request.act, order_id=order_id, customer_id=customer_id, rating=asked.rating, comment=asked.comment
    )
    return feedback(request, left.document_id or 0)


@route(router, "GET /feedback", needs=("feedback.read", "portal.read"))
def list_feedback(request: ApiRequest, wanted: Query[FeedbackWanted]) -> Page[Feedback]:
    """List what customers said, the newest first; a customer's token sees that customer's own."""
    asked = {"before": wanted.before, "count": wanted.count, "only_id": None, "unanswered": wanted.unanswered}
    asked["only_customer"] = request.only_customer
    return page_of(sql.rows("tracking/feedback_before", Feedback, company_id=request.act.company_id, **asked), wanted)


@route(router, "POST /feedback/{feedback_id}/answer", needs="feedback.answer")
def answer_feedback(request: ApiRequest, feedback_id: Id, asked: AnswerAsked) -> Feedback:
    """Answer what a customer said, and close the case that it opened. Refused with `already_answered`."""
    operations.answer_feedback(act=request.act, feedback_id=feedback_id, answer=asked.answer)
    return feedback(request, feedback_id)


def feedback(request: ApiRequest, feedback_id: int) -> Feedback:
    """What a customer said, by its id, known to be there."""
    asked = {"before": ID_MAX, "count": 1, "only_id": feedback_id, "only_customer": None, "unanswered": False}
    (row,) = sql.rows("tracking/feedback_before", Feedback, company_id=request.act.company_id, **asked)
    return row
