"""Approvals over the API: what waits for whom, what people decide, and the data that says who may."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Final, Literal, get_args

from ninja import Query, Router
from pydantic import Field

from dinghuo.journey.ordering.operations import copy_order
from dinghuo.journey.review.models import ReasonCode
from dinghuo.journey.review.operations import (
    approve_step,
    ask_step,
    delegate,
    end_delegations,
    reject_step,
    separate_duties,
    set_matrix,
    set_sales_person,
)
from dinghuo.journey.review.operations.duties import pairs_in_force
from dinghuo.journey.review.operations.matrix import bands_in_force
from dinghuo.journey.review.queries import PersonsDecisions, decisions_by_person
from dinghuo.journey.review.rules.approval import BANDS_MAX, HOURS_MAX, Band, DelegationDraft, MatrixDraft
from dinghuo.journey.review.rules.duties import DUTIES, PAIRS_MAX, Pair
from dinghuo.kernel import sql
from dinghuo.kernel.errors import Outcome, the_only
from dinghuo.reference.bearers import ApiRequest
from dinghuo.reference.models import Role
from dinghuo.reference.routes import route
from dinghuo.reference.wire import Asked, Day, Exact, Flag, Id, Money, Page, Paging, Reason, page_of

router = Router(tags=["approvals"])

Why = Literal[
    "paid", "limit_agreed", "price_agreed", "quantity_confirmed", "data_corrected", "known_customer", "credit_risk",
    "price_too_low", "duplicate", "fraud", "customer_asked", "question", "other",
]  # fmt: skip
assert set(get_args(Why)) == set(ReasonCode.values), "the API names every reason"
Duty = Literal["edit_credit_limit", "release_hold", "create_customer", "approve_order", "take_payment", "write_off"]
assert set(get_args(Duty)) == set(DUTIES), "the API names every duty"
RoleName = Literal["admin", "sales", "credit", "warehouse", "finance", "auditor", "customer"]
assert set(get_args(RoleName)) == set(Role.values), "the API names every role"

UserId = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)]
Bound = Annotated[Decimal, Exact(places=3)]
Margin = Annotated[Decimal, Exact(places=4, digits=2, signed=True)]
Share = Annotated[Decimal, Exact(places=4, digits=1)]
CustomerClass = Annotated[str, Field(max_length=4, pattern=r"^[A-Za-z0-9]*$")]

STEP: Final = "/approvals/{approval_step_id}"


@dataclass(frozen=True, slots=True)
class WaitingStep:
    """An approval that an order waits for; `amount` is gross in company currency, `margin` a share of net.

    `level` counts escalations: 0 the role, 1 its deputy too, 2 the next level too.
    """

    id: int
    order_id: int
    number: str
    order_version: int
    customer: str
    role: str
    position: int
    level: int
    amount: Money
    margin: Margin
    customer_class: str
    asked_at: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class StepDecided:
    """What a decision did: where the order stands now."""

    id: int
    order_id: int
    state: str


@dataclass(frozen=True, slots=True)
class MatrixHead:
    """The version of the matrix in force."""

    id: int
    version: int
    escalate_after_hours: int
    quantity_tolerance: Share
    bars_sales_person: bool
    deputies: Mapping[str, int]
    created_at: datetime
    created_by_id: int | None


@dataclass(frozen=True, slots=True)
class BandShown:
    """A band of the matrix: amounts over one bound up to another, margins from one bound to below another, null without end."""

    customer_class: str
    amount_over: Bound | None
    amount_up_to: Bound | None
    margin_from: Margin | None
    margin_below: Margin | None
    roles: Sequence[str]


@dataclass(frozen=True, slots=True)
class MatrixShown:
    """The matrix in force; without one nothing needs approval."""

    matrix: MatrixHead | None
    bands: list[BandShown]


@dataclass(frozen=True, slots=True)
class Made:
    """What was made, by its id."""

    id: int


@dataclass(frozen=True, slots=True)
class DelegationShown:
    """A role lent for some days, both ends included."""

    id: int
    role: str
    from_user_id: int
    to_user_id: int
    from_on: date
    until_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class DutiesShown:
    """The duties that nobody may unite."""

    pairs: Sequence[Pair]


@dataclass(frozen=True, slots=True)
class Decisions:
    """What each person decided, by decision and reason code."""

    items: list[PersonsDecisions]


class StepDecision(Asked):
    """Why somebody decides so."""

    reason_code: Why
    reason: Reason


class StepQuestion(Asked):
    """What an approver wants to know first."""

    question: Reason


class BandAsked(Asked):
    """A band of the matrix; roles approve in their order, an order in a band without any needs nobody."""

    customer_class: CustomerClass = ""
    amount_over: Bound | None = None
    amount_up_to: Bound | None = None
    margin_from: Margin | None = None
    margin_below: Margin | None = None
    roles: Annotated[list[RoleName], Field(max_length=10)] = []

    @property
    def band(self) -> Band:
        """The band as the rules take it."""
        bounds = (self.amount_over, self.amount_up_to, self.margin_from, self.margin_below)
        return Band(tuple(self.roles), *bounds, self.customer_class)


class MatrixAsked(Asked):
    """A new version of the matrix: its bands cover every amount and margin of a class exactly once."""

    bands: Annotated[list[BandAsked], Field(min_length=1, max_length=BANDS_MAX)]
    escalate_after_hours: Annotated[int, Field(strict=True, ge=1, le=HOURS_MAX)] = 4
    quantity_tolerance: Share = Decimal(1)
    bars_sales_person: Flag = False
    deputies: dict[RoleName, UserId] = {}


class DelegationAsked(Asked):
    """A role lent to somebody for some days, both ends included; without a lender it is the caller's."""

    from_user_id: UserId | None = None
    to_user_id: UserId
    role: RoleName
    from_on: Day
    until_on: Day
    reason: Reason


class PairAsked(Asked):
    """Two duties that one person must not have."""

    duty: Duty
    other: Duty
    reason: Reason


class DutiesAsked(Asked):
    """A new list of incompatible duties."""

    pairs: Annotated[list[PairAsked], Field(max_length=PAIRS_MAX)]


class SalesPersonAsked(Asked):
    """Who looks after a customer."""

    user_id: UserId


class StepsWanted(Paging):
    """Which approvals to list."""

    order_id: Id | None = None


class Period(Asked):
    """From when until when, both days included."""

    from_on: Day
    until_on: Day


@route(router, "GET /approvals", needs="approvals.read")
def list_approvals(request: ApiRequest, wanted: Query[StepsWanted]) -> Page[WaitingStep]:
    """List the approvals that orders wait for, the longest waiting first; of each order the step that is next."""
    asked = {"after_id": wanted.after, "count": wanted.count, "order_id": wanted.order_id}
    return page_of(sql.rows("review/waiting_steps", WaitingStep, company_id=request.act.company_id, **asked), wanted)


@route(router, f"POST {STEP}/approve", needs="orders.approve")
def approve_order(request: ApiRequest, approval_step_id: Id, asked: StepDecision) -> StepDecided:
    """Approve an order's step; after the last one the order goes on.

    Refused with `already_decided`, `not_its_turn`, `order_changed`, `not_held`, `four_eyes`, `lacks_role`, `incompatible_duties`.
    """
    done = approve_step(act=request.act, step_id=approval_step_id, reason_code=asked.reason_code, reason=asked.reason)
    return decided(request, done)


@route(router, f"POST {STEP}/reject", needs="orders.approve")
def decline_order(request: ApiRequest, approval_step_id: Id, asked: StepDecision) -> StepDecided:
    """Decline an order's step, which turns the order down. Refused like approving, but for what changed or was done before."""
    done = reject_step(act=request.act, step_id=approval_step_id, reason_code=asked.reason_code, reason=asked.reason)
    return decided(request, done)


@route(router, f"POST {STEP}/ask", needs="orders.approve")
def question_order(request: ApiRequest, approval_step_id: Id, asked: StepQuestion) -> StepDecided:
    """Put a question about an order on record; its step goes on waiting. Refused like declining."""
    return decided(request, ask_step(act=request.act, step_id=approval_step_id, question=asked.question))


def decided(request: ApiRequest, outcome: Outcome) -> StepDecided:
    """What became of a step's order, which the conveyor then takes further; raises the refusal."""
    done = the_only([outcome])
    assert done.document_id is not None, "a decided step has an order"
    request.moved = [done.document_id]
    return StepDecided(done.id, done.document_id, done.facts["state"])


@route(router, "GET /approval-matrix", needs="approvals.read")
def show_approval_matrix(request: ApiRequest) -> MatrixShown:
    """Show who approves what."""
    heads = sql.rows("review/matrix_head", MatrixHead, company_id=request.act.company_id)
    bands = [
        BandShown(row.customer_class, row.amount_over, row.amount_up_to, row.margin_from, row.margin_below, row.roles)
        for row in bands_in_force(request.act)
    ]
    return MatrixShown(heads[0] if heads else None, bands)


@route(router, "POST /approval-matrix", needs="approvals.write")
def change_approval_matrix(request: ApiRequest, asked: MatrixAsked) -> Made:
    """Put a new version of the matrix in force. Refused with `bands_overlap`, `bands_leave_gap`, `unknown_role`, `unknown_user`."""
    settings = asked.model_dump(exclude={"bands"})
    made = the_only([set_matrix(act=request.act, draft=MatrixDraft([row.band for row in asked.bands], **settings))])
    return Made(made.id)


@route(router, "GET /delegations", needs="approvals.read")
def list_delegations(request: ApiRequest, wanted: Query[Paging]) -> Page[DelegationShown]:
    """List the roles that are lent now or will be."""
    asked = {"after_id": wanted.after, "count": wanted.count, "day": request.act.on}
    return page_of(sql.rows("review/delegations_after", DelegationShown, company_id=request.act.company_id, **asked), wanted)


@route(router, "POST /delegations", needs="orders.approve")
def add_delegation(request: ApiRequest, asked: DelegationAsked) -> Made:
    """Lend a role's approvals for some days. Refused with `unknown_role`, `unknown_user`, `not_yours`, `lacks_role`."""
    assert request.act.actor_id is not None, "a token belongs to a user"
    lender = asked.from_user_id or request.act.actor_id
    draft = DelegationDraft(lender, **asked.model_dump(exclude={"from_user_id"}))
    return Made(the_only([delegate(act=request.act, draft=draft)]).id)


@route(router, "POST /delegations/{delegation_id}/end", needs="orders.approve")
def end_delegation(request: ApiRequest, delegation_id: Id) -> Made:
    """Take a lent role back from now on. Refused with `not_yours`."""
    return Made(the_only(end_delegations(act=request.act, delegation_ids=[delegation_id])).id)


@route(router, "GET /duties", needs="approvals.read")
def show_duties(request: ApiRequest) -> DutiesShown:
    """Show the duties that nobody may unite."""
    return DutiesShown(pairs_in_force(request.act))


@route(router, "POST /duties", needs="approvals.write")
def change_duties(request: ApiRequest, asked: DutiesAsked) -> Made:
    """Put a new list of incompatible duties in force; an empty one separates nothing."""
    return Made(the_only([separate_duties(act=request.act, pairs=[Pair(**row.model_dump()) for row in asked.pairs])]).id)


@route(router, "GET /decisions", needs="approvals.read")
def list_decisions(request: ApiRequest, wanted: Query[Period]) -> Decisions:
    """Count what each person decided in a time, by decision and reason code."""
    days = {"from_on": wanted.from_on, "until_on": wanted.until_on}
    return Decisions(decisions_by_person(company_id=request.act.company_id, **days))


@route(router, "POST /orders/{order_id}/copy", needs="orders.write")
def enter_copy(request: ApiRequest, order_id: Id) -> Made:
    """Enter an order once more, as a draft of the caller's that nobody has approved; the reply holds the copy's id."""
    made = the_only([copy_order(act=request.act, order_id=order_id)])
    assert made.document_id is not None, "a copy has an id"
    return Made(made.document_id)


@route(router, "POST /customers/{customer_id}/sales-person", needs="approvals.write")
def change_sales_person(request: ApiRequest, customer_id: Id, asked: SalesPersonAsked) -> Made:
    """Say who looks after a customer. Refused with `unknown_user` for somebody who is no member."""
    return Made(set_sales_person(act=request.act, customer_id=customer_id, user_id=asked.user_id).id)
