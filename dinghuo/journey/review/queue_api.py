"""The reviewer's work over the API: the queue, exposure, days per line, held lines, questions, and how often nobody had to look."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from ninja import Query, Router
from pydantic import AwareDatetime, Field

from dinghuo.journey.ordering.api import order_summary
from dinghuo.journey.review import queries, queue
from dinghuo.journey.review.approval_api import Period, Why
from dinghuo.journey.review.operations import answer_question, ask_about_orders, hold_lines, release_holds
from dinghuo.journey.review.queue import HeldLine, LinePromise, QuestionsWanted, Wanted
from dinghuo.kernel.errors import Missing
from dinghuo.reference.bearers import ApiRequest
from dinghuo.reference.routes import batch_of, route
from dinghuo.reference.wire import Asked, Batch, Id, Ids, Limit, Money, Page, Paging, Rate, Reason, page_of

router = Router(tags=["review"])

DOCUMENTS_MAX: Final = 200
PLACES: Final = 3
CURSOR: Final = r"^-?[0-9]{1,15}(\.[0-9]{1,6})?_[0-9]{1,18}$"

Shown = Literal["to_decide", "mine", "asked", "all"]
SortedBy = Literal["age", "value"]
AskedOf = Literal["sales", "customer"]
Step = Literal["day", "week", "month"]
Cause = Annotated[str, Field(max_length=40, pattern=r"^[a-z_]*$")]


@dataclass(frozen=True, slots=True)
class WaitsFor:
    """What an order waits for: a kind of rule with the figures that it compared, `by_hand` for a person, or `approval`."""

    kind: str
    inputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Queued:
    """An order that waits for a person; `amount` is gross in company currency, `approval_step_id` what may be approved next."""

    id: int
    number: str
    ordered_on: date
    requested_on: date | None
    customer_id: int
    customer: str
    currency: str
    amount_gross: Money
    amount: Money
    held_since: datetime | None
    causes: Sequence[WaitsFor]
    approval_step_id: int | None
    approval_role: str | None
    is_mine: bool
    question: str
    asked_of: str
    answer: str
    lines_held: int


@dataclass(frozen=True, slots=True)
class Queue:
    """A part of the queue; `orders` and `amount` are those of all that the filters leave."""

    items: Sequence[Queued]
    next: str | None
    orders: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Document:
    """A document that a bucket of exposure is made of, in company currency."""

    document: str
    document_id: int
    number: str
    due_on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class ExposureBucket:
    """One bucket of exposure with its largest documents, at most 200, and how many there are."""

    name: str
    amount: Money
    documents_in_all: int
    documents: Sequence[Document]


@dataclass(frozen=True, slots=True)
class ExposureShown:
    """What a customer would owe if all that is open were delivered and billed today; payments not applied lower it."""

    customer_id: int
    exposure: Money
    buckets: Sequence[ExposureBucket]


@dataclass(frozen=True, slots=True)
class Question:
    """A question about an order; without `answered_at` it is open. A customer is told neither who asked nor who answered."""

    id: int
    order_id: int
    number: str
    customer: str
    asked_of: str
    question: str
    asked_at: datetime
    asked_by_id: int | None
    answer: str
    answered_at: datetime | None
    answered_by_id: int | None


@dataclass(frozen=True, slots=True)
class PeriodShown:
    """The orders first released in a period, how many of them nobody touched, and that share."""

    from_on: date
    released: int
    touchless: int
    rate: Rate


@dataclass(frozen=True, slots=True)
class Touchless:
    """The touchless rate by period: only those in which an order was released."""

    items: Sequence[PeriodShown]


@dataclass(frozen=True, slots=True)
class Touch:
    """What a person did to an order before its first release: the event that it left, with reason code and words."""

    event: str
    reason_code: str
    reason: str


@dataclass(frozen=True, slots=True)
class TouchedShown:
    """An order that people touched before its first release."""

    id: int
    number: str
    customer: str
    released_at: datetime
    touches: Sequence[Touch]


class QueueWanted(Paging):
    """Which part of the queue is wanted; amounts in company currency."""

    cursor: Annotated[str, Field(pattern=CURSOR)] | None = Field(None, description="`next` of the page before")
    shown: Shown = "all"
    sort: SortedBy = "age"
    cause: Cause = ""
    customer_id: Id | None = None
    amount_from: Limit | None = None
    amount_until: Limit | None = None
    held_before: AwareDatetime | None = None


class LinesWanted(Paging):
    """Which lines on hold to list."""

    order_id: Id | None = None


class PromisesWanted(Paging):
    """Which lines of an order to list: after a position."""


class QuestionsAsked(Paging):
    """Which questions to list."""

    order_id: Id | None = None
    is_open: bool | None = None


class TouchedWanted(Paging, Period):
    """From when until when, both days included."""


class TouchlessWanted(Period):
    """From when until when, both days included, and by what periods."""

    step: Step = "month"


class LinesToHold(Asked):
    """Lines that are to wait, and why."""

    order_line_ids: Ids
    reason_code: Why
    reason: Reason


class HoldsToLift(Asked):
    """Holds that are to end, and why."""

    hold_ids: Ids
    reason_code: Why
    reason: Reason


class QuestionAsked(Asked):
    """What somebody wants to know of orders, and from whom."""

    order_ids: Ids
    asked_of: AskedOf
    question: Reason


class Answer(Asked):
    """The answer to a question."""

    answer: Reason


@route(router, "GET /review-queue", needs="orders.read")
def list_review_queue(request: ApiRequest, wanted: Query[QueueWanted]) -> Queue:
    """List the orders that wait for a person, the longest waiting or the largest first, each with what it waits for."""
    key, _, last = (wanted.cursor or "").partition("_")
    found = Wanted(
        customer_ids=None if wanted.customer_id is None else [wanted.customer_id],
        cause=wanted.cause,
        amount_from=wanted.amount_from,
        amount_until=wanted.amount_until,
        held_before=wanted.held_before,
        shown=wanted.shown,
        sort=wanted.sort,
        after=(Decimal(key), int(last)) if last else queue.FIRST,
    )
    rows = queue.queued_orders(request.act, found, count=wanted.count)
    shown = rows[: wanted.limit]
    following = f"{shown[-1].key:f}_{shown[-1].id}" if len(rows) > wanted.limit else None
    orders, amount = (rows[0].orders, rows[0].amount_in_all) if rows else (0, Decimal(0))
    return Queue([queued(row) for row in shown], following, orders, amount)


def queued(row: queue.QueuedOrder) -> Queued:
    """An order of the queue as the API shows it."""
    return Queued(
        id=row.id,
        number=row.number,
        ordered_on=row.ordered_on,
        requested_on=row.requested_on,
        customer_id=row.customer_id,
        customer=row.customer_code,
        currency=row.currency,
        amount_gross=row.amount_gross,
        amount=row.amount,
        held_since=row.held_since,
        causes=[WaitsFor(kind, inputs or {}) for kind, inputs in row.holds],
        approval_step_id=row.step_id,
        approval_role=row.step_role,
        is_mine=row.is_mine,
        question=row.question,
        asked_of=row.asked_of,
        answer=row.answer,
        lines_held=row.lines_held,
    )


@route(router, "GET /customers/{customer_id}/exposure", needs="invoices.read")
def show_exposure(request: ApiRequest, customer_id: Id) -> ExposureShown:
    """Show a customer's exposure by buckets, each with its documents."""
    found = queue.exposure(request.act, customer_id, count=DOCUMENTS_MAX)
    if found is None:
        raise Missing("There is no such customer.", id=customer_id)
    buckets = [
        ExposureBucket(
            bucket.name,
            round(bucket.amount, PLACES),
            bucket.documents_in_all,
            [
                Document(row.document, row.document_id, row.number, row.due_on, round(row.amount, PLACES))
                for row in bucket.documents
            ],
        )
        for bucket in found.buckets
    ]
    return ExposureShown(customer_id, round(found.amount, PLACES), buckets)


@route(router, "GET /orders/{order_id}/line-promises", needs="orders.read")
def list_line_promises(request: ApiRequest, order_id: Id, wanted: Query[PromisesWanted]) -> Page[LinePromise]:
    """List the days on which an order's lines could arrive by today's stock and supplies; nothing is promised by it."""
    order_summary(request, order_id)
    after = min(wanted.after, 10**6)
    rows = queue.line_promises(request.act, order_id, after_position=after, count=wanted.count)
    shown = rows[: wanted.limit]
    return Page(items=shown, next=str(shown[-1].position) if len(rows) > wanted.limit else None)


@route(router, "GET /line-holds", needs="orders.read")
def list_line_holds(request: ApiRequest, wanted: Query[LinesWanted]) -> Page[HeldLine]:
    """List the lines on hold, the longest waiting first, while the rest of their orders goes on."""
    rows = queue.held_lines(request.act, after_id=wanted.after, count=wanted.count, order_id=wanted.order_id)
    return page_of(rows, wanted)


@route(router, "POST /line-holds", needs="orders.release")
def hold_order_lines(request: ApiRequest, asked: LinesToHold) -> Batch:
    """Let lines wait until a person lifts their holds, while the rest of their orders goes on; results are by line.

    Refused with `not_found`, `cannot_be_held`, `nothing_to_hold` and `already_on_hold`.
    """
    why = {"reason_code": asked.reason_code, "reason": asked.reason}
    return batch_of(hold_lines(act=request.act, line_ids=asked.order_line_ids, **why))


@route(router, "POST /line-holds/release", needs="orders.release")
def release_line_holds(request: ApiRequest, asked: HoldsToLift) -> Batch:
    """Lift holds of lines, or at a door; results are by hold.

    Refused with `not_found`, `already_lifted`, `order_is_held`, `four_eyes` and `incompatible_duties`.
    """
    why = {"reason_code": asked.reason_code, "reason": asked.reason}
    outcomes = release_holds(act=request.act, hold_ids=asked.hold_ids, **why)
    request.moved = sorted({row.document_id for row in outcomes if row.done and row.document_id})
    return batch_of(outcomes)


@route(router, "GET /questions", needs=("orders.read", "portal.read"))
def list_questions(request: ApiRequest, wanted: Query[QuestionsAsked]) -> Page[Question]:
    """List questions about orders, first to last; a customer's token sees what that customer was asked."""
    found = QuestionsWanted(order_id=wanted.order_id, is_open=wanted.is_open, customer_id=request.only_customer)
    rows = queue.questions(request.act, found, after_id=wanted.after, count=wanted.count)
    return page_of([question_shown(request, row) for row in rows], wanted)


@route(router, "POST /questions", needs="orders.release")
def ask_question(request: ApiRequest, asked: QuestionAsked) -> Batch:
    """Ask the salesperson or the customer about held orders, which wait for the answer; results are by order.

    Refused with `not_found` and `not_held`.
    """
    about = {"asked_of": asked.asked_of, "question": asked.question}
    return batch_of(ask_about_orders(act=request.act, order_ids=asked.order_ids, **about))


@route(router, "POST /questions/{question_id}/answer", needs=("orders.write", "portal.write"))
def give_answer(request: ApiRequest, question_id: Id, asked: Answer) -> Question:
    """Answer a question, which brings its order back to the queue. Refused with `question_answered`."""
    answer_question(act=request.act, question_id=question_id, answer=asked.answer, customer_id=request.only_customer)
    found = QuestionsWanted(question_id=question_id, customer_id=request.only_customer)
    (row,) = queue.questions(request.act, found, after_id=0, count=1)
    return question_shown(request, row)


def question_shown(request: ApiRequest, row: queue.Question) -> Question:
    """A question as the caller may read it: people are no customer's business."""
    fields = asdict(row)
    del fields["asked_by"], fields["answered_by"]
    if request.only_customer is not None:
        fields |= {"asked_by_id": None, "answered_by_id": None}
    return Question(**fields)


@route(router, "GET /touchless", needs="approvals.read")
def show_touchless(request: ApiRequest, wanted: Query[TouchlessWanted]) -> Touchless:
    """Count the orders first released in each period, and those that no person touched between submission and release."""
    asked = {"from_on": wanted.from_on, "until_on": wanted.until_on}
    rows = queries.touchless_periods(company_id=request.act.company_id, step=wanted.step, **asked)
    return Touchless([PeriodShown(row.from_on, row.released, row.touchless, row.rate) for row in rows])


@route(router, "GET /touchless/orders", needs="approvals.read")
def list_touched_orders(request: ApiRequest, wanted: Query[TouchedWanted]) -> Page[TouchedShown]:
    """List the orders first released in a time that people touched before, with every touch and its reason."""
    asked = {"from_on": wanted.from_on, "until_on": wanted.until_on}
    rows = queries.touched_orders(company_id=request.act.company_id, after_id=wanted.after, count=wanted.count, **asked)
    shown = [
        TouchedShown(row.id, row.number, row.customer_code, row.released_at, [Touch(*touch) for touch in row.told]) for row in rows
    ]
    return page_of(shown, wanted)
