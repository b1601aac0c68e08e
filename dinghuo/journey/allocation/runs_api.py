"""Runs of policies over the API: ask for one, follow it, look at what it changes, post or drop it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from ninja import Query, Router

from dinghuo.journey.allocation import differences
from dinghuo.journey.allocation.operations.posting import finish_posting, post_run
from dinghuo.journey.allocation.operations.runs import ask_run, compute_run, drop_run, waiting_lines
from dinghuo.journey.allocation.operations.working import LINES_AT_ONCE, are_few
from dinghuo.kernel.errors import Missing, the_only
from dinghuo.reference.bearers import ApiRequest
from dinghuo.reference.routes import route
from dinghuo.reference.wire import (
    Asked,
    Code,
    Facts,
    Flag,
    Id,
    Money,
    Page,
    Paging,
    Quantity,
    SignedQuantity,
    page_of,
)

router = Router(tags=["allocation"])


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a policy (none: the default one); `share_done` is how much of its present step is done, in per cent.

    `proofs` are the invariants that were checked; `problems` why it cannot be posted, or what of it was left out.
    """

    id: int
    policy: str
    policy_version: int
    state: str
    posts: bool
    asked_at: datetime
    computed_at: datetime | None
    ended_at: datetime | None
    products: int
    share_done: int
    lines: int
    lines_gaining: int
    lines_losing: int
    units_gained: Quantity
    units_lost: Quantity
    inputs_hash: str
    outputs_hash: str
    proofs: list[Facts]
    problems: list[Facts]


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """A line that a run changes, in stock units; the amount is net, in company currency."""

    id: int
    order_id: int
    order_number: str
    position: int
    customer: str
    product: str
    wanted: Quantity
    had: Quantity
    given: Quantity
    change: SignedQuantity
    amount: Money
    requested_on: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class ChangedCustomer:
    """What a run changes for a customer; promises are lines that are served in full."""

    customer_id: int
    customer: str
    name: str
    lines_gaining: int
    lines_losing: int
    units_gained: Quantity
    units_lost: Quantity
    amount: Money
    promises_won: int
    promises_lost: int


@dataclass(frozen=True, slots=True)
class ChangedCustomers:
    """What a run changes by customer, whoever loses most money first; at most 1,000."""

    items: list[ChangedCustomer]


class PolicyRunAsked(Asked):
    """Which policy to run, the default one when none is named, and whether to post it as soon as it is computed."""

    policy: Code | None = None
    posts: Flag = False


class ChangesWanted(Paging):
    """Which of the lines that a run changes."""

    only: Literal["all", "gain", "lose"] = "all"


@route(router, "GET /allocation-runs", needs="stock.read")
def list_allocation_runs(request: ApiRequest, wanted: Query[Paging]) -> Page[Run]:
    """List runs of policies, the newest first."""
    found = differences.runs(company_id=request.act.company_id, before=wanted.before, count=wanted.count)
    return page_of([as_run(run) for run in found], wanted)


@route(router, "POST /allocation-runs", needs="stock.allocate", status=202)
def ask_allocation_run(request: ApiRequest, asked: PolicyRunAsked) -> Run:
    """Simulate a policy on the lines that wait and what they have; nothing changes until the run is posted.

    A small run is computed at once, a large one by the worker: ask for it again until its state is simulated. Unknown policies are
    told as `unknown_policy`.
    """
    made = the_only([ask_run(act=request.act, policy_code=asked.policy or "", posts=asked.posts)])
    if are_few(waiting_lines(act=request.act, most=LINES_AT_ONCE + 1)):
        compute_run(act=request.act, run_id=made.id)
    return run_of(request, made.id)


@route(router, "GET /allocation-runs/{policy_run_id}", needs="stock.read")
def get_allocation_run(request: ApiRequest, policy_run_id: Id) -> Run:
    """Read a run: how far it has come, what it changes, its proofs and problems."""
    return run_of(request, policy_run_id)


@route(router, "GET /allocation-runs/{policy_run_id}/lines", needs="stock.read")
def list_changed_lines(request: ApiRequest, policy_run_id: Id, wanted: Query[ChangesWanted]) -> Page[ChangedLine]:
    """List the lines that a run changes: who gains, who loses, in units and money."""
    run_of(request, policy_run_id)
    found = differences.changed_lines(
        company_id=request.act.company_id, run_id=policy_run_id, only=wanted.only, after=wanted.after, count=wanted.count
    )
    shown = [
        ChangedLine(
            row.id,
            row.order_id,
            row.order_number,
            row.position,
            row.customer,
            row.product,
            row.wanted,
            row.had,
            row.given,
            row.change,
            row.amount,
            row.requested_on,
            row.reason_code,
        )
        for row in found
    ]
    return page_of(shown, wanted)


@route(router, "GET /allocation-runs/{policy_run_id}/customers", needs="stock.read")
def list_changed_customers(request: ApiRequest, policy_run_id: Id) -> ChangedCustomers:
    """Sum what a run changes by customer."""
    run_of(request, policy_run_id)
    found = differences.changed_customers(company_id=request.act.company_id, run_id=policy_run_id)
    return ChangedCustomers([ChangedCustomer(*values(row)) for row in found])


@route(router, "POST /allocation-runs/{policy_run_id}/post", needs="stock.allocate")
def post_allocation_run(request: ApiRequest, policy_run_id: Id) -> Run:
    """Let a simulated run be posted; a large one is posted slice by slice by the worker.

    Refused with `inputs_changed` when lines or stock are not what it was computed from, `promise_broken`, `not_simulated`.
    """
    the_only([post_run(act=request.act, run_id=policy_run_id)])
    if are_few(run_of(request, policy_run_id).lines):
        finish_posting(act=request.act, run_id=policy_run_id)
    return run_of(request, policy_run_id)


@route(router, "POST /allocation-runs/{policy_run_id}/drop", needs="stock.allocate")
def drop_allocation_run(request: ApiRequest, policy_run_id: Id) -> Run:
    """Drop a run that was not posted, or stop one that is being computed. Refused with `not_to_be_dropped`."""
    the_only([drop_run(act=request.act, run_id=policy_run_id)])
    return run_of(request, policy_run_id)


def run_of(request: ApiRequest, run_id: int) -> Run:
    """One run; raises Missing."""
    found = differences.run_named(company_id=request.act.company_id, run_id=run_id)
    if found is None:
        raise Missing("There is no such run.", id=run_id)
    return as_run(found)


def as_run(run: differences.RunListed) -> Run:
    """A run as it goes over the wire."""
    return Run(*values(run))


def values(row: Any) -> list[Any]:
    """The values of a row, in the order of its fields."""
    return [getattr(row, name) for name in row.__dataclass_fields__]
