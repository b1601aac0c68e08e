"""Reads for the reviewer: the queue of orders that wait, and what one of them needs to be decided on."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from dinghuo.journey.review.models import ReviewRule
from dinghuo.journey.review.operations.approvals import RoleHeld
from dinghuo.journey.review.rules.credit import buckets, exposure_of
from dinghuo.journey.review.rules.facts import CreditFacts
from dinghuo.kernel import sql
from dinghuo.kernel.tenancy import Act

SHOWN: Final = ("to_decide", "mine", "asked", "all")
SORTED_BY: Final = ("age", "value")
# Before every order: ages count from 1970, values are negative.
FIRST: Final = (Decimal(-(10**15)), 0)
BUCKETS: Final = ("open_orders", "delivered_not_billed", "billed_not_posted", "open_receivables", "unapplied_payments")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which waiting orders a list shows, in which order, from where on; amounts in company currency."""

    customer_ids: Sequence[int] | None = None
    cause: str = ""
    amount_from: Decimal | None = None
    amount_until: Decimal | None = None
    held_before: datetime | None = None
    shown: str = "all"
    sort: str = "age"
    order_ids: Sequence[int] | None = None
    after: tuple[Decimal, int] = FIRST


@dataclass(frozen=True, slots=True)
class QueuedOrder:
    """An order that waits for a person; `inputs` hold, for each of `kinds`, what its rule found last.

    `question` is the latest one, `answer` is empty while it is open; `orders` and `amount_in_all` are those of the whole list.
    """

    id: int
    number: str
    ordered_on: date
    requested_on: date | None
    customer_id: int
    customer_code: str
    name: str
    name_zh: str
    currency: str
    amount_gross: Decimal
    amount: Decimal
    held_since: datetime | None
    kinds: Sequence[str]
    inputs: Sequence[Mapping[str, Any]]
    step_id: int | None
    step_role: str | None
    is_mine: bool
    question: str
    asked_of: str
    answer: str
    lines_held: int
    key: Decimal
    orders: int
    amount_in_all: Decimal

    @property
    def holds(self) -> list[tuple[str, Mapping[str, Any]]]:
        """What the order waits for: each kind with its figures."""
        return list(zip(self.kinds, self.inputs, strict=True))


@dataclass(frozen=True, slots=True)
class ExposureDocument:
    """A document of a bucket of exposure, in company currency; `documents` and `total` are those of the whole bucket."""

    bucket: str
    document: str
    document_id: int
    number: str
    due_on: date
    amount: Decimal
    documents: int
    total: Decimal


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket of a customer's exposure with its largest documents; unapplied payments lower it."""

    name: str
    amount: Decimal
    documents: Sequence[ExposureDocument]
    documents_in_all: int


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a customer would owe if all that is open were delivered and billed today (E1.1), in company currency."""

    amount: Decimal
    buckets: Sequence[Bucket]


@dataclass(frozen=True, slots=True)
class LinePromise:
    """A line of an order, when it could be with the customer by what is known today, and what holds it."""

    id: int
    position: int
    product_code: str
    name: str
    name_zh: str
    unit: str
    ordered: Decimal
    allocated: Decimal
    unit_price: Decimal
    amount_net: Decimal
    ready_on: date | None
    promised_on: date | None
    supplied_by: str
    hold_id: int | None
    hold_kind: str
    hold_reason: str


@dataclass(frozen=True, slots=True)
class HeldLine:
    """A line on hold, by a rule or by a person with a reason; quantities in stock units."""

    id: int
    order_id: int
    number: str
    order_state: str
    order_line_id: int
    position: int
    product: str
    ordered: Decimal
    allocated: Decimal
    kind: str
    reason_code: str
    reason: str
    placed_at: datetime
    placed_by_id: int | None


@dataclass(frozen=True, slots=True)
class Question:
    """A question about an order; without `answered_at` it is open."""

    id: int
    order_id: int
    number: str
    customer: str
    asked_of: str
    question: str
    asked_at: datetime
    asked_by_id: int | None
    asked_by: str
    answer: str
    answered_at: datetime | None
    answered_by_id: int | None
    answered_by: str


def queued_orders(act: Act, wanted: Wanted, *, count: int) -> list[QueuedOrder]:
    """The orders on hold that a list asks for, in its order: at most `count`.

    An order is mine when the approval that is next is open to whoever asks: by role, delegation or escalation.
    """
    asked = asdict(wanted)
    asked["after_key"], asked["after_id"] = asked.pop("after")
    person = {"user_id": act.actor_id, "roles": roles_today(act)}
    return sql.rows("review/queue_orders", QueuedOrder, company_id=act.company_id, count=count, **person, **asked)


def queued_order(act: Act, order_id: int) -> QueuedOrder | None:
    """One order that waits, or None when it does not wait or is not here."""
    return next(iter(queued_orders(act, Wanted(order_ids=[order_id]), count=1)), None)


def roles_today(act: Act) -> list[str]:
    """The roles that the person acting has or was lent; none for the system."""
    if act.actor_id is None:
        return []
    held = sql.rows("review/approver", RoleHeld, company_id=act.company_id, user_id=act.actor_id, day=act.on)
    return sorted({row.role for row in held})


def causes(act: Act) -> list[str]:
    """The kinds of rules that may hold an order of the company, with what people hold and approve."""
    kinds = ReviewRule.objects.filter(company_id=act.company_id, severity__in=["hold", "hold_line"])
    return [*sorted(set(kinds.values_list("kind", flat=True))), "by_hand", "approval"]


def exposure(act: Act, customer_id: int, *, count: int) -> Exposure | None:
    """A customer's exposure as the rules see it, with at most `count` documents of each bucket; None for no such customer."""
    asked = {"customer_ids": [customer_id], "with_groups": False}
    credit = next(iter(sql.rows("review/credit_facts", CreditFacts, company_id=act.company_id, **asked)), None)
    if credit is None:
        return None
    figures = buckets(credit, Decimal(0))
    listed = {"customer_id": customer_id, "count": count}
    found: dict[str, list[ExposureDocument]] = {name: [] for name in BUCKETS}
    for row in sql.rows("review/exposure_documents", ExposureDocument, company_id=act.company_id, **listed):
        found[row.bucket].append(row)
    shown = [Bucket(name, figures[name], rows, rows[0].documents if rows else 0) for name, rows in found.items()]
    return Exposure(exposure_of(figures), shown)


def line_promises(act: Act, order_id: int, *, after_position: int, count: int) -> list[LinePromise]:
    """When each line of an order could arrive by today's stock and supplies, by position: at most `count`; nothing is written.

    A line stands behind all that released orders wait for. Without any supply known it has no day.
    """
    asked = {"order_id": order_id, "today": act.on, "after_position": after_position, "count": count}
    return sql.rows("review/line_promises", LinePromise, company_id=act.company_id, **asked)


def held_lines(act: Act, *, after_id: int, count: int, order_id: int | None = None) -> list[HeldLine]:
    """The lines on hold, the longest first: at most `count`."""
    asked = {"after_id": after_id, "count": count, "order_id": order_id}
    return sql.rows("review/line_holds", HeldLine, company_id=act.company_id, **asked)


@dataclass(frozen=True, slots=True)
class QuestionsWanted:
    """Which questions a list shows; with `customer_id` only what that customer was asked."""

    order_id: int | None = None
    question_id: int | None = None
    is_open: bool | None = None
    customer_id: int | None = None


def questions(act: Act, wanted: QuestionsWanted, *, after_id: int, count: int) -> list[Question]:
    """Questions about orders with their answers, first to last: at most `count`."""
    asked = {"after_id": after_id, "count": count, **asdict(wanted)}
    return sql.rows("review/questions_after", Question, company_id=act.company_id, **asked)
