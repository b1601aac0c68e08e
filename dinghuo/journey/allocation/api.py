"""Stock over the API: what is there, what comes in, what is corrected, who is given what, and who waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from ninja import Query, Router
from pydantic import Field

from dinghuo.journey.allocation import operations
from dinghuo.journey.allocation.rules import Adjustment, Receipt, Supply
from dinghuo.kernel import sql
from dinghuo.kernel.errors import Outcome, Refused, the_only
from dinghuo.reference.bearers import ApiRequest
from dinghuo.reference.naming import OneProduct, SomeWarehouse, named
from dinghuo.reference.routes import all_done, batch_of, route
from dinghuo.reference.wire import (
    LINES_MAX,
    Asked,
    Batch,
    BodyId,
    Code,
    Day,
    Id,
    Ids,
    Money,
    Page,
    Paging,
    Price,
    Quantity,
    Reference,
    ShortCode,
    SignedQuantity,
    SomeQuantity,
    Text,
    Title,
    page_of,
)

router = Router(tags=["stock"])


@dataclass(frozen=True, slots=True)
class StockLevel:
    """What lies in one warehouse of one product and lot, in stock units; available is what nobody was promised.

    Allocated is what orders were given with what is held and quarantined; cost is in company currency.
    """

    id: int
    warehouse: str
    product_id: int
    product: str
    lot: str | None
    lot_id: int | None
    expires_on: date | None
    received_on: date | None
    on_hand: Quantity
    allocated: Quantity
    held: Quantity
    quarantined: Quantity
    available: Quantity
    cost_amount: Money
    unit_cost: Price | None


@dataclass(frozen=True, slots=True)
class InboundSupply:
    """Goods on their way in, in stock units; the cost is of one unit, in company currency."""

    id: int
    warehouse: str
    product_id: int
    product: str
    reference: str
    quantity: Quantity
    received: Quantity
    unit_cost: Price
    expected_on: date


@dataclass(frozen=True, slots=True)
class Allocation:
    """Stock given to an order line, in stock units; `given_back` is what was taken away again."""

    id: int
    order_id: int
    order_number: str
    order_line_id: int
    position: int
    product: str
    warehouse: str
    lot: str | None
    quantity: Quantity
    given_back: Quantity
    run_id: int
    allocated_at: datetime


@dataclass(frozen=True, slots=True)
class Shortage:
    """A line that waits for stock, in stock units, and why the last run could not fill it."""

    id: int
    order_id: int
    order_number: str
    order_line_id: int
    position: int
    product_id: int
    product: str
    quantity: Quantity
    opened_at: datetime
    reason: str | None
    facts: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class StockDocument:
    """The document that a receipt or a correction made, and how many lines it has."""

    document_id: int
    lines: int


@dataclass(frozen=True, slots=True)
class Supplies:
    """The supplies that were written down, in the order they were given."""

    inbound_ids: list[int]


@dataclass(frozen=True, slots=True)
class Allocated:
    """What a run gave to one order, in stock units, and what it is still short of."""

    order_id: int
    lines: int
    units: Quantity
    short: Quantity


class ReceiptLine(OneProduct, SomeWarehouse):
    """Goods that came in; `inbound_id` names the supply that they fulfil."""

    quantity: SomeQuantity
    unit_cost: Price
    lot_code: Code | None = None
    expires_on: Day | None = None
    inbound_id: BodyId | None = None


class ReceiptAsked(Asked):
    """Goods that came in on one document; the same `external_ref` again changes nothing."""

    lines: list[ReceiptLine] = Field(min_length=1, max_length=LINES_MAX)
    reason: Title = ""
    received_on: Day | None = Field(None, description="the day they came; today when left out, never a day to come")
    external_ref: Reference | None = None


class AdjustmentLine(OneProduct, SomeWarehouse):
    """A correction, signed; an increase without a cost is valued at the level's average."""

    quantity: SignedQuantity = Field(examples=["-2"])
    lot_id: BodyId | None = None
    unit_cost: Price | None = None


class AdjustmentAsked(Asked):
    """Corrections on one document, and why; the same `external_ref` again changes nothing."""

    lines: list[AdjustmentLine] = Field(min_length=1, max_length=LINES_MAX)
    reason: Annotated[str, Text(most=200, least=1)]
    external_ref: Reference | None = None


class SupplyLine(OneProduct, SomeWarehouse):
    """Goods ordered from a supplier."""

    quantity: SomeQuantity
    unit_cost: Price
    expected_on: Day
    reference: Annotated[str, Text(most=80)] = ""


class SuppliesAsked(Asked):
    """Goods that are on their way in."""

    lines: list[SupplyLine] = Field(min_length=1, max_length=LINES_MAX)


class RunAsked(Asked):
    """Which orders to serve; all that are ready when none are named."""

    order_ids: Ids | None = None


class StockWanted(Paging):
    """Which stock to list, by codes."""

    warehouse: ShortCode | None = None
    product: Code | None = None


class SuppliesWanted(Paging):
    """Which supplies to list."""

    open: bool = False


class OfOrder(Paging):
    """Of which order."""

    order_id: Id | None = None


class NothingFree(Refused):
    """There is no free stock of anything that the order waits for."""

    code = "not_enough_stock"


@route(router, "GET /stock", needs="stock.read")
def list_stock(request: ApiRequest, wanted: Query[StockWanted]) -> Page[StockLevel]:
    """List what lies where, level by level."""
    asked = {"after": wanted.after, "count": wanted.count, "warehouse": wanted.warehouse, "product": wanted.product}
    return page_of(sql.rows("allocation/stock_after", StockLevel, company_id=request.act.company_id, **asked), wanted)


@route(router, "POST /stock/receipts", needs="stock.write", status=201)
def receive_stock(request: ApiRequest, asked: ReceiptAsked) -> StockDocument:
    """Take goods into stock, all lines or none.

    Wrong lines are named: `unknown_product`, `unknown_warehouse`, `unknown_supply`, `lot_missing`, `lot_not_kept`, `being_counted`;
    more than was expected and a day to come are refused.
    """
    known = named(request.act.company_id, asked.lines)
    receipts = [
        Receipt(
            warehouse_id=known.warehouse(line, line=place),
            product_id=known.product(line, line=place),
            quantity=line.quantity,
            unit_cost=line.unit_cost,
            lot_code=line.lot_code,
            expires_on=line.expires_on,
            inbound_id=line.inbound_id,
        )
        for place, line in enumerate(asked.lines, 1)
    ]
    done = all_done(
        operations.receive_stock(
            act=request.act,
            receipts=receipts,
            reason=asked.reason,
            external_ref=asked.external_ref,
            received_on=asked.received_on,
        )
    )
    return StockDocument(document_id=done[0].document_id or 0, lines=len(done))


@route(router, "POST /stock/adjustments", needs="stock.write", status=201)
def adjust_stock(request: ApiRequest, asked: AdjustmentAsked) -> StockDocument:
    """Correct stock, all lines or none. Refused with `not_enough_free_stock`: what is promised is never taken."""
    known = named(request.act.company_id, asked.lines)
    adjustments = [
        Adjustment(
            warehouse_id=known.warehouse(line, line=place),
            product_id=known.product(line, line=place),
            quantity=line.quantity,
            lot_id=line.lot_id,
            unit_cost=line.unit_cost,
        )
        for place, line in enumerate(asked.lines, 1)
    ]
    done = all_done(
        operations.adjust_stock(act=request.act, adjustments=adjustments, reason=asked.reason, external_ref=asked.external_ref)
    )
    return StockDocument(document_id=done[0].document_id or 0, lines=len(done))


@route(router, "GET /stock/supplies", needs="stock.read")
def list_supplies(request: ApiRequest, wanted: Query[SuppliesWanted]) -> Page[InboundSupply]:
    """List goods on their way in."""
    asked = {"after": wanted.after, "count": wanted.count, "only_open": wanted.open}
    return page_of(sql.rows("allocation/supplies_after", InboundSupply, company_id=request.act.company_id, **asked), wanted)


@route(router, "POST /stock/supplies", needs="stock.write", status=201)
def expect_supplies(request: ApiRequest, asked: SuppliesAsked) -> Supplies:
    """Write down goods that are on their way in, all lines or none; stock changes when they are received."""
    known = named(request.act.company_id, asked.lines)
    supplies = [
        Supply(
            warehouse_id=known.warehouse(line, line=place),
            product_id=known.product(line, line=place),
            quantity=line.quantity,
            unit_cost=line.unit_cost,
            expected_on=line.expected_on,
            reference=line.reference,
        )
        for place, line in enumerate(asked.lines, 1)
    ]
    done = all_done(operations.expect_supply(act=request.act, supplies=supplies))
    return Supplies(inbound_ids=[outcome.document_id or 0 for outcome in done])


@route(router, "GET /allocations", needs="stock.read")
def list_allocations(request: ApiRequest, wanted: Query[OfOrder]) -> Page[Allocation]:
    """List what was given to order lines, the newest first."""
    asked = {"before": wanted.before, "count": wanted.count, "order_id": wanted.order_id}
    return page_of(sql.rows("allocation/allocations_before", Allocation, company_id=request.act.company_id, **asked), wanted)


@route(router, "POST /allocations", needs="stock.allocate")
def run_allocation(request: ApiRequest, asked: RunAsked) -> Batch:
    """Give free stock to released orders, best rank first: to those named, or to all that are ready."""
    outcomes = operations.allocate_orders(act=request.act, order_ids=asked.order_ids)
    request.moved = [outcome.id for outcome in outcomes if outcome.done]
    return batch_of(outcomes)


@route(router, "POST /orders/{order_id}/allocate", needs="stock.allocate")
def allocate_order(request: ApiRequest, order_id: Id) -> Allocated:
    """Give free stock to one released order, in part if need be.

    Refused with `not_enough_stock` when nothing is free, `nothing_to_allocate`, `not_released`.
    """
    given = the_only(operations.allocate_orders(act=request.act, order_ids=[order_id]))
    request.moved = [order_id]
    return allocated(given)


@route(router, "GET /shortages", needs="stock.read")
def list_shortages(request: ApiRequest, wanted: Query[OfOrder]) -> Page[Shortage]:
    """List the lines that wait for stock, the newest first."""
    asked = {"before": wanted.before, "count": wanted.count, "order_id": wanted.order_id}
    return page_of(sql.rows("allocation/shortages_before", Shortage, company_id=request.act.company_id, **asked), wanted)


def allocated(given: Outcome) -> Allocated:
    """What an order was given; raises NothingFree when that is nothing at all."""
    units, short = Decimal(given.facts["units"]).normalize(), Decimal(given.facts["short"]).normalize()
    if not units:
        raise NothingFree("No stock is free for this order.", units="0", short=format(short, "f"))
    return Allocated(order_id=given.id, lines=given.facts["lines"], units=units, short=short)
