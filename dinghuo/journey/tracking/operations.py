"""Every write of tracking: what the customer is promised and told, and what the customer says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.journey.shipping.models import Shipment, ShipmentState
from dinghuo.journey.tracking import errors
from dinghuo.journey.tracking.models import Case, CaseState, Feedback
from dinghuo.journey.tracking.rules import COMMENT_MAX, is_poor
from dinghuo.kernel import journal, sql, states
from dinghuo.kernel.errors import Malformed, Missing, Outcome, Refused
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act


@dataclass(frozen=True, slots=True)
class PromiseMade:
    """A day that an order was promised for."""

    order_id: int
    promised_on: date


@dataclass(frozen=True, slots=True)
class Told:
    """An event that a customer was told of."""

    notification_id: int
    order_id: int
    kind: str


@transaction.atomic
def make_promises(*, act: Act, order_ids: Sequence[int] | None = None) -> list[Outcome]:
    """Promise each released order its day: the latest expected arrival of its shipments.

    A first promise is made when the first shipment is planned; a later one only when the day moves, and says why. The first stays
    the measure of whether we kept our word. Rule: docs/rules/tracking.md.
    """
    name = "tracking/make_promises" if order_ids is None else "tracking/make_promises_for"
    named = {} if order_ids is None else {"order_ids": list(order_ids)}
    made = sql.rows(name, PromiseMade, company_id=act.company_id, at=act.at, **named)

    events = [Happened(row.order_id, row.order_id, {"promised_on": row.promised_on}) for row in made]
    journal.record(act, "PromiseMade", "sales_order", events)
    return [Outcome(id=row.order_id, facts={"promised_on": row.promised_on.isoformat()}) for row in made]


@transaction.atomic
def notify_customers(*, act: Act, order_ids: Sequence[int] | None = None) -> list[Outcome]:
    """Put what customers should know of their orders into their portal, each event once.

    Without ids, looks at events after the last one told, so a run costs what is new and not what was ever told.
    """
    name = "tracking/notify_customers" if order_ids is None else "tracking/notify_customers_of"
    named = {} if order_ids is None else {"order_ids": list(order_ids)}
    told = sql.rows(name, Told, company_id=act.company_id, at=act.at, **named)
    return [Outcome(id=row.order_id, document_id=row.notification_id, facts={"kind": row.kind}) for row in told]


@transaction.atomic
def leave_feedback(*, act: Act, order_id: int, customer_id: int, rating: int, comment: str) -> Outcome:
    """Take a customer's rating (1 to 5) and comment of an order that was delivered; a poor one opens a case.

    Raises Missing for an order that is not this customer's, Malformed for a rating out of range or a comment over 2,000 characters,
    Refused `not_delivered` and `already_rated`.
    """
    order = SalesOrder.objects.select_for_update(no_key=True).filter(company_id=act.company_id, id=order_id).first()

    if order is None or order.customer_id != customer_id:
        raise Missing("There is no such order.", id=order_id)
    if not 1 <= rating <= 5 or len(comment) > COMMENT_MAX:
        raise Malformed("A rating is a whole number from 1 to 5, a comment has at most 2,000 characters.", rating=rating)
    delivered = Shipment.objects.filter(company_id=act.company_id, order_id=order_id, state=ShipmentState.DELIVERED)
    if not delivered.exists():
        raise Refused("Nothing of this order has been delivered yet.", code=errors.NOT_DELIVERED, number=order.number)
    if Feedback.objects.filter(company_id=act.company_id, order_id=order_id).exists():
        raise Refused("This order has been rated already.", code=errors.ALREADY_RATED, number=order.number)

    feedback = Feedback.objects.create(
        company_id=act.company_id,
        order_id=order_id,
        customer_id=customer_id,
        rating=rating,
        comment=comment,
        left_at=act.at,
        left_by_id=act.actor_id,
    )
    if is_poor(rating):
        Case.objects.create(
            company_id=act.company_id,
            order_id=order_id,
            customer_id=customer_id,
            kind="poor_rating",
            text=comment,
            opened_at=act.at,
        )

    journal.record(act, "FeedbackLeft", "sales_order", [Happened(order_id, order_id, {"rating": rating})])
    return Outcome(id=order_id, document_id=feedback.pk)


@transaction.atomic
def answer_feedback(*, act: Act, feedback_id: int, answer: str) -> Outcome:
    """Answer what a customer said, and close the case that it opened.

    Raises Missing, Malformed for an empty or overlong answer, Refused `already_answered`.
    """
    feedback = Feedback.objects.select_for_update(no_key=True).filter(company_id=act.company_id, id=feedback_id).first()

    if feedback is None:
        raise Missing("There is no such feedback.", id=feedback_id)
    if not answer.strip() or len(answer) > COMMENT_MAX:
        raise Malformed("An answer has between 1 and 2,000 characters.", length=len(answer))
    if feedback.answered_at is not None:
        raise Refused("This feedback has been answered already.", code=errors.ALREADY_ANSWERED, answer=feedback.answer)

    Feedback.objects.filter(company_id=act.company_id, id=feedback_id).update(
        answer=answer, answered_at=act.at, answered_by_id=act.actor_id
    )
    cases = list(
        Case.objects.filter(company_id=act.company_id, order_id=feedback.order_id, state=CaseState.OPEN).values_list(
            "id", flat=True
        )
    )
    states.move(Case, company_id=act.company_id, ids=cases, to=CaseState.CLOSED, also={"closed_at": act.at})

    journal.record(act, "FeedbackAnswered", "sales_order", [Happened(feedback.order_id, feedback.order_id)])
    return Outcome(id=feedback_id)
