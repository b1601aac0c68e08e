"""Promises over the API: what can be promised when, goods on their way and who counts on them, and stock held for somebody."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Query, Router
from pydantic import AwareDatetime, Field

from dinghuo.journey.allocation.operations import holds, promises, supplies
from dinghuo.journey.allocation.operations.promises import PromisedLine
from dinghuo.journey.allocation.rules.keeping import HoldDraft, SupplyChange
from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.kernel import sql
from dinghuo.kernel.errors import Missing, the_only
from dinghuo.reference.bearers import ApiRequest
from dinghuo.reference.naming import OneProduct, SomeWarehouse, named
from dinghuo.reference.routes import all_done, route
from dinghuo.reference.wire import (
    LINES_MAX,
    Asked,
    BodyId,
    Code,
    Day,
    Id,
    Page,
    Paging,
    Quantity,
    SignedQuantity,
    SomeQuantity,
    Text,
    Title,
    page_of,
)

router = Router(tags=["promises"])


@dataclass(frozen=True, slots=True)
class LinePromised:
    """What an order line can be promised now, in stock units, and the day that it was promised, if any.

    `promised_on` is the first day from which all that is `wanted` can be there, null when no supply is known that fills it;
    `available` is what could be there by the day it is needed.
    """

    order_line_id: int
    position: int
    product: str
    wanted: Quantity
    needed_on: date
    promised_on: date | None
    available: Quantity
    promised_before: date | None
    first_promised_on: date | None


@dataclass(frozen=True, slots=True)
class OrderPromises:
    """What the lines of an order can be promised; those that have their goods are left out."""

    order_id: int
    lines: list[LinePromised]


@dataclass(frozen=True, slots=True)
class PromiseDay:
    """A day on which goods come or are promised away, in stock units; `promisable` breaks no promise of that day or later."""

    day: date
    coming: Quantity
    leaving: Quantity
    units: SignedQuantity
    promisable: SignedQuantity


@dataclass(frozen=True, slots=True)
class Timeline:
    """What of a product will be there, day by day."""

    product_id: int
    days: list[PromiseDay]


@dataclass(frozen=True, slots=True)
class Peg:
    """Inbound goods that a waiting line counts on, in stock units."""

    id: int
    inbound_id: int
    reference: str
    expected_on: date
    order_id: int
    order_number: str
    order_line_id: int
    position: int
    product: str
    quantity: Quantity
    promised_on: date | None


@dataclass(frozen=True, slots=True)
class SupplyFollowed:
    """A supply that was changed, and how many lines' promises moved with it."""

    inbound_id: int
    lines: int


@dataclass(frozen=True, slots=True)
class Hold:
    """Free stock kept for a cart, a quote or a caller, in stock units."""

    id: int
    kind: str
    customer: str | None
    warehouse: str
    product: str
    quantity: Quantity
    state: str
    note: str
    held_at: datetime
    held_by_id: int | None
    expires_at: datetime
    ended_at: datetime | None
    order_line_id: int | None
    order_number: str | None


@dataclass(frozen=True, slots=True)
class Held:
    """The holds that were made or changed, in the order they were asked for."""

    stock_hold_ids: list[int]


@dataclass(frozen=True, slots=True)
class HoldAllocated:
    """What a line was given of a hold, in stock units, and what it is still short of."""

    order_id: int
    units: Quantity
    short: Quantity


class ProductWanted(Asked):
    """Of which product, by its code."""

    product: Code


class PegsWanted(Paging):
    """Of which supply or order."""

    inbound_id: Id | None = None
    order_id: Id | None = None


class SupplyNews(Asked):
    """What is new of goods on their way; what is left out stays. What has come already closes the supply."""

    expected_on: Day | None = None
    quantity: Quantity | None = None
    reason: Title = ""


class HoldsWanted(Paging):
    """Which holds to list."""

    open: bool = False


class HoldLine(OneProduct, SomeWarehouse):
    """Stock to keep for somebody; for the usual time of its kind when none is said."""

    kind: Literal["cart", "quote", "phone"]
    quantity: SomeQuantity
    customer_id: BodyId | None = None
    expires_at: AwareDatetime | None = None
    note: Annotated[str, Text(most=200)] = ""


class HoldsAsked(Asked):
    """Stock to keep for somebody, all lines or none."""

    lines: list[HoldLine] = Field(min_length=1, max_length=LINES_MAX)


class ExtensionAsked(Asked):
    """Until when."""

    expires_at: AwareDatetime


class HoldReleaseAsked(Asked):
    """Why, if that is to be kept."""

    reason: Title = ""


class HoldAllocationAsked(Asked):
    """The line of a released order that is to get what is held."""

    order_line_id: BodyId


@route(router, "GET /promises", needs="stock.read")
def get_promise_timeline(request: ApiRequest, wanted: Query[ProductWanted]) -> Timeline:
    """Show what of a product will be there day by day, less what was promised, and what can be promised."""
    product_id = named(request.act.company_id, [OneProduct(product=wanted.product)]).product_of_code(wanted.product, line=1)
    days = promises.promise_timeline(act=request.act, product_ids=[product_id])
    return Timeline(product_id, [PromiseDay(row.day, row.coming, row.leaving, row.units, row.promisable) for row in days])


@route(router, "GET /orders/{order_id}/promises", needs="orders.read")
def get_order_promises(request: ApiRequest, order_id: Id) -> OrderPromises:
    """Show what each line of an order can be promised now, whatever its state; nothing is written."""
    if not SalesOrder.objects.filter(company_id=request.act.company_id, id=order_id).exists():
        raise Missing("There is no such order.", id=order_id)
    return OrderPromises(order_id, [_shown(row) for row in promises.possible_promises(act=request.act, order_id=order_id)])


@route(router, "POST /orders/{order_id}/promises", needs="orders.write")
def promise_order(request: ApiRequest, order_id: Id) -> OrderPromises:
    """Promise the lines of an order in work a day; a line that has one keeps it."""
    if not SalesOrder.objects.filter(company_id=request.act.company_id, id=order_id).exists():
        raise Missing("There is no such order.", id=order_id)
    promises.promise_lines(act=request.act, order_ids=[order_id])
    return OrderPromises(order_id, [_shown(row) for row in promises.possible_promises(act=request.act, order_id=order_id)])


@route(router, "GET /stock/pegs", needs="stock.read")
def list_pegs(request: ApiRequest, wanted: Query[PegsWanted]) -> Page[Peg]:
    """List which waiting lines count on which inbound goods."""
    asked = {"after": wanted.after, "count": wanted.count, "inbound_id": wanted.inbound_id, "order_id": wanted.order_id}
    return page_of(sql.rows("allocation/pegs_after", Peg, company_id=request.act.company_id, **asked), wanted)


@route(router, "POST /stock/supplies/{inbound_id}/change", needs="stock.write")
def change_supply(request: ApiRequest, inbound_id: Id, asked: SupplyNews) -> SupplyFollowed:
    """Write down that goods come another day, or other than so many; promises that count on them move.

    Refused with `less_than_received`, `dated_in_past`, `of_a_transfer`, `nothing_changed`.
    """
    change = SupplyChange(inbound_id, asked.expected_on, asked.quantity)
    done = the_only(supplies.change_supplies(act=request.act, changes=[change], reason=asked.reason))
    return SupplyFollowed(inbound_id, done.facts["lines"])


@route(router, "GET /stock/holds", needs="stock.read")
def list_holds(request: ApiRequest, wanted: Query[HoldsWanted]) -> Page[Hold]:
    """List what is or was held, the newest first."""
    asked = {"before": wanted.before, "count": wanted.count, "only_open": wanted.open}
    return page_of(sql.rows("allocation/holds_before", Hold, company_id=request.act.company_id, **asked), wanted)


@route(router, "POST /stock/holds", needs="stock.allocate", status=201)
def hold_stock(request: ApiRequest, asked: HoldsAsked) -> Held:
    """Keep free stock for a cart, a quote or a caller, all lines or none. Refused with `not_enough_free_stock`, `hold_too_long`."""
    known = named(request.act.company_id, asked.lines)
    drafts = [
        HoldDraft(
            kind=line.kind,
            warehouse_id=known.warehouse(line, line=place),
            product_id=known.product(line, line=place),
            quantity=line.quantity,
            customer_id=line.customer_id,
            expires_at=line.expires_at,
            note=line.note,
        )
        for place, line in enumerate(asked.lines, 1)
    ]
    return Held([outcome.document_id or 0 for outcome in all_done(holds.hold_stock(act=request.act, drafts=drafts))])


@route(router, "POST /stock/holds/{stock_hold_id}/extend", needs="stock.allocate")
def extend_hold(request: ApiRequest, stock_hold_id: Id, asked: ExtensionAsked) -> Held:
    """Let a hold last until another moment. Refused with `not_held_any_more`, `hold_expired`, `hold_too_long`."""
    the_only(holds.extend_holds(act=request.act, stock_hold_ids=[stock_hold_id], expires_at=asked.expires_at))
    return Held([stock_hold_id])


@route(router, "POST /stock/holds/{stock_hold_id}/release", needs="stock.allocate")
def release_hold(request: ApiRequest, stock_hold_id: Id, asked: HoldReleaseAsked) -> Held:
    """Free what a hold keeps. Refused with `not_held_any_more`."""
    the_only(holds.release_holds(act=request.act, stock_hold_ids=[stock_hold_id], reason=asked.reason))
    return Held([stock_hold_id])


@route(router, "POST /stock/holds/{stock_hold_id}/allocate", needs="stock.allocate")
def allocate_hold(request: ApiRequest, stock_hold_id: Id, asked: HoldAllocationAsked) -> HoldAllocated:
    """Give what a hold keeps to a line of a released order, exactly once.

    Refused with `not_held_any_more`, `hold_expired`, `other_product`, `other_customer`, `not_released`, `line_is_held`,
    `nothing_wanted`.
    """
    done = the_only([holds.allocate_hold(act=request.act, stock_hold_id=stock_hold_id, order_line_id=asked.order_line_id)])
    order_id = done.document_id or 0
    request.moved = [order_id]
    return HoldAllocated(order_id, Decimal(done.facts["units"]).normalize(), Decimal(done.facts["short"]).normalize())


def _shown(row: PromisedLine) -> LinePromised:
    return LinePromised(
        order_line_id=row.line_id,
        position=row.position,
        product=row.product,
        wanted=row.wanted.normalize(),
        needed_on=row.needed_on,
        promised_on=row.promised_on,
        available=row.available.normalize(),
        promised_before=row.promised_before,
        first_promised_on=row.first_promised_on,
    )
