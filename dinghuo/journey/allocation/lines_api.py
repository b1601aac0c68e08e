"""Order lines over the API: why one has what it has, who could give it more, and whether runs may change it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.utils import translation
from ninja import Query, Router
from pydantic import Field

from dinghuo.journey.allocation.explanations import explanation
from dinghuo.journey.allocation.operations.policies import commit_lines, lift_commitments
from dinghuo.journey.allocation.operations.swaps import Donation, Donor, donors, proposed, swap_stock, undo_swap
from dinghuo.journey.allocation.runs_api import values
from dinghuo.journey.allocation.sentences import sentences
from dinghuo.journey.ordering.models import SalesOrderLine
from dinghuo.kernel.errors import Missing, the_only
from dinghuo.reference.bearers import ApiRequest
from dinghuo.reference.routes import route
from dinghuo.reference.wire import Asked, BodyId, Facts, Id, Quantity, Reason, SomeQuantity

router = Router(tags=["allocation"])


@dataclass(frozen=True, slots=True)
class RivalLine:
    """Another line that was served before, in stock units."""

    order_number: str
    position: int
    customer: str
    customer_class: str
    wanted: Quantity
    given: Quantity


@dataclass(frozen=True, slots=True)
class PlaceGiven:
    """Units from one warehouse and lot."""

    warehouse: str
    lot: str | None
    expires_on: date | None
    units: Quantity


@dataclass(frozen=True, slots=True)
class LineExplained:
    """Why a line has what it has, in sentences and in figures (stock units); `run_id` is null where no policy's run decided."""

    order_line_id: int
    order_number: str
    position: int
    product: str
    sentences: list[str]
    run_id: int | None
    policy: str
    policy_version: int
    decided_at: datetime | None
    wanted: Quantity
    had: Quantity
    given: Quantity
    reason: str
    facts: Facts
    rank: int
    lines: int
    ahead: list[RivalLine]
    ahead_units: Quantity
    behind_units: Quantity
    places: list[PlaceGiven]


@dataclass(frozen=True, slots=True)
class DonorLine:
    """A line that could give units, least damage first; `proposed` is how much of it makes up what is lacking."""

    order_line_id: int
    order_id: int
    order_number: str
    position: int
    customer: str
    customer_class: str
    requested_on: date | None
    units: Quantity
    lateness_days: int
    proposed: Quantity


@dataclass(frozen=True, slots=True)
class Donors:
    """Who could give to a line, and how much the line lacks."""

    items: list[DonorLine]
    lacking: Quantity


@dataclass(frozen=True, slots=True)
class Swap:
    """Units that were moved from one line to another."""

    swap_id: int
    donor_line_id: int
    units: Quantity


@dataclass(frozen=True, slots=True)
class Swaps:
    """The swaps that were made."""

    items: list[Swap]


@dataclass(frozen=True, slots=True)
class SwapUndone:
    """The swap that was undone."""

    swap_id: int


@dataclass(frozen=True, slots=True)
class LineCommitted:
    """Whether runs leave a line as it is."""

    order_line_id: int
    is_committed: bool


class ExplanationWanted(Asked):
    """By which run, the newest that was posted when none is named, and in which language."""

    run_id: Id | None = None
    language: Literal["en", "zh-hans"] = "en"


class DonationAsked(Asked):
    """So many units from a line."""

    order_line_id: BodyId
    quantity: SomeQuantity


class SwapAsked(Asked):
    """From which lines to take how much, and why."""

    donors: Annotated[list[DonationAsked], Field(min_length=1, max_length=50)]
    reason: Reason


class CommitmentAsked(Asked):
    """Why a line is promised for good."""

    reason: Reason


@route(router, "GET /order-lines/{order_line_id}/explanation", needs="stock.read")
def explain_line(request: ApiRequest, order_line_id: Id, wanted: Query[ExplanationWanted]) -> LineExplained:
    """Say why a line has what it has: the rule, the queue, who took what before it, and where its units lie."""
    found = explanation(company_id=request.act.company_id, line_id=order_line_id, run_id=wanted.run_id)
    with translation.override(wanted.language):
        told = sentences(found)
    return LineExplained(
        order_line_id=found.line_id,
        order_number=found.order_number,
        position=found.position,
        product=found.product,
        sentences=told,
        run_id=found.run_id,
        policy=found.policy,
        policy_version=found.version,
        decided_at=found.decided_at,
        wanted=found.wanted,
        had=found.had,
        given=found.given,
        reason=found.reason,
        facts=dict(found.facts),
        rank=found.rank,
        lines=found.lines,
        ahead=[RivalLine(*values(rival)) for rival in found.ahead],
        ahead_units=found.ahead_units,
        behind_units=found.behind_units,
        places=[PlaceGiven(*values(place)) for place in found.places],
    )


@route(router, "GET /order-lines/{order_line_id}/donors", needs="stock.read")
def list_donors(request: ApiRequest, order_line_id: Id) -> Donors:
    """List the lines that could give units to one that lacks them, least damage first."""
    line = SalesOrderLine.objects.filter(company_id=request.act.company_id, id=order_line_id).first()
    if line is None:
        raise Missing("There is no such line.", id=order_line_id)
    found = donors(act=request.act, line_id=order_line_id)
    lacking = trimmed(line.ordered - line.allocated)
    parts = {donation.line_id: donation.quantity for donation in proposed(found, lacking)} if found and lacking else {}
    return Donors([donor_line(donor, parts) for donor in found], lacking)


@route(router, "POST /order-lines/{order_line_id}/swaps", needs="stock.allocate", status=201)
def swap_line_stock(request: ApiRequest, order_line_id: Id, asked: SwapAsked) -> Swaps:
    """Take units from lines and give them to this one, all donors or none.

    Refused with `not_enough_to_take`, `more_than_lacking`, `committed_line`, `not_same_product`, `not_released`.
    """
    donations = [Donation(donor.order_line_id, donor.quantity) for donor in asked.donors]
    outcomes = swap_stock(act=request.act, taker_line_id=order_line_id, donations=donations, reason=asked.reason)
    for outcome in outcomes:
        the_only([outcome])
    return Swaps([Swap(outcome.document_id or 0, outcome.id, trimmed(outcome.facts["units"])) for outcome in outcomes])


@route(router, "POST /swaps/{stock_swap_id}/undo", needs="stock.allocate")
def undo_stock_swap(request: ApiRequest, stock_swap_id: Id) -> SwapUndone:
    """Give back what a swap moved. Refused with `already_undone`, `not_enough_to_take` when it is on its way by now."""
    return SwapUndone(the_only([undo_swap(act=request.act, swap_id=stock_swap_id)]).id)


@route(router, "POST /order-lines/{order_line_id}/commit", needs="stock.allocate")
def commit_line(request: ApiRequest, order_line_id: Id, asked: CommitmentAsked) -> LineCommitted:
    """Promise a line what it has for good: runs leave it as it is. Refused with `already_committed`."""
    the_only(commit_lines(act=request.act, line_ids=[order_line_id], reason=asked.reason))
    return LineCommitted(order_line_id, is_committed=True)


@route(router, "POST /order-lines/{order_line_id}/release-commitment", needs="stock.allocate")
def lift_commitment(request: ApiRequest, order_line_id: Id) -> LineCommitted:
    """Let runs change a line again. Refused with `not_committed`."""
    the_only(lift_commitments(act=request.act, line_ids=[order_line_id]))
    return LineCommitted(order_line_id, is_committed=False)


def donor_line(donor: Donor, parts: dict[int, Any]) -> DonorLine:
    """A donor as it goes over the wire."""
    return DonorLine(
        donor.line_id,
        donor.order_id,
        donor.order_number,
        donor.position,
        donor.customer,
        donor.customer_class,
        donor.requested_on,
        donor.units,
        donor.lateness_days,
        parts.get(donor.line_id, donor.units * 0),
    )


def trimmed(quantity: Decimal) -> Decimal:
    """A quantity without needless zeros."""
    return quantity.normalize() + 0
