"""Shipping over the API: notices, what has left and arrived, and what came back."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, Self

from ninja import Query, Router
from pydantic import Field, model_validator

from dinghuo.journey.shipping import operations
from dinghuo.journey.shipping.rules import ReturnDraft, ReturnLineDraft
from dinghuo.kernel import sql
from dinghuo.kernel.errors import Malformed, Missing, the_only
from dinghuo.reference.bearers import ApiRequest
from dinghuo.reference.naming import Named, OneCustomer, SomeWarehouse, named
from dinghuo.reference.routes import batch_of, route
from dinghuo.reference.wire import (
    ID_MAX,
    LINES_MAX,
    Asked,
    Batch,
    BodyId,
    Code,
    Day,
    Flag,
    Id,
    Ids,
    Note,
    Page,
    Paging,
    Price,
    Quantity,
    Rate,
    Reason,
    Reference,
    ShortCode,
    SomeQuantity,
    Weight,
    page_of,
)

router = Router(tags=["shipping"])

State = Literal["notice", "dispatched", "delivered", "cancelled"]
FILTERS = ("state", "order_id", "warehouse")


@dataclass(frozen=True, slots=True)
class ShipmentSummary:
    """A shipping notice and what became of it: one order's goods from one warehouse with one carrier."""

    id: int
    number: str
    state: State
    order_id: int
    order_number: str
    customer: str
    warehouse: str
    carrier: str
    planned_on: date
    dispatched_on: date | None
    expected_on: date
    delivered_on: date | None
    tracking_number: str
    weight_kg: Weight


@dataclass(frozen=True, slots=True)
class ShipmentLine:
    """Goods in a shipment, in stock units; `id` is what a return of them names."""

    id: int
    order_line_id: int
    position: int
    product_id: int
    product: str
    lot: str | None
    quantity: Quantity
    returned: Quantity
    is_cancelled: bool


@dataclass(frozen=True, slots=True)
class Shipment(ShipmentSummary):
    """A shipment with what it holds."""

    lines: list[ShipmentLine]


@dataclass(frozen=True, slots=True)
class ReturnSummary:
    """Goods that a customer sent back; their credit note is drafted when `is_credited`."""

    id: int
    number: str
    external_ref: str | None
    customer_id: int
    customer: str
    warehouse: str
    order_id: int | None
    reason: str
    received_on: date
    is_credited: bool
    lines_count: int
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """One product that came back, in stock units, at the price that is credited."""

    id: int
    position: int
    product_id: int
    product: str
    shipment_line_id: int | None
    quantity: Quantity
    unit_price: Price
    tax_rate: Rate
    restocked: bool


@dataclass(frozen=True, slots=True)
class Return(ReturnSummary):
    """A return with what it brought back."""

    lines: list[ReturnLine]


class ShipmentsWanted(Paging):
    """Which shipments to list."""

    state: State | None = None
    order_id: Id | None = None
    warehouse: ShortCode | None = None


class ReturnsWanted(Paging):
    """Which returns to list."""

    order_id: Id | None = None


class NoticesAsked(Asked):
    """Which orders to make notices for; all that have allocated goods when none are named."""

    order_ids: Ids | None = None


class ReturnLineAsked(Asked):
    """A product that came back, in stock units: what it left by, or its code or id and the price that is credited.

    Without `shipment_line_id` the customer's latest sale of the product with enough left is taken, if there is one.
    """

    shipment_line_id: BodyId | None = Field(None, description="`id` of the line in the shipment")
    product: Code | None = None
    product_id: BodyId | None = None
    quantity: SomeQuantity
    unit_price: Price | None = Field(None, description="What is credited for one unit; without it, what it was sold at")
    restock: Flag = True

    @model_validator(mode="after")
    def says_what_came_back(self) -> Self:
        """Refuse to guess what came back, or at which price."""
        given = sum(value is not None for value in (self.shipment_line_id, self.product, self.product_id))
        if given != 1 or (self.shipment_line_id is None and self.unit_price is None):
            raise ValueError("give either shipment_line_id, or product or product_id together with unit_price")
        return self


class ReturnAsked(OneCustomer, SomeWarehouse):
    """Goods of one customer that came back together; `external_ref` makes a repeat harmless."""

    lines: list[ReturnLineAsked] = Field(min_length=1, max_length=LINES_MAX)
    reason: Note = ""
    external_ref: Reference | None = None
    received_on: Day | None = None


@dataclass(frozen=True, slots=True)
class Sold:
    """What a shipment line held, and the price agreed for it."""

    shipment_line_id: int
    order_id: int
    product_id: int
    unit_price: Decimal


class Withdrawn(Asked):
    """Why a notice is cancelled."""

    reason: Reason


@route(router, "GET /shipments", needs=("shipments.read", "portal.read"))
def list_shipments(request: ApiRequest, wanted: Query[ShipmentsWanted]) -> Page[ShipmentSummary]:
    """List shipments, the newest first; a customer's token sees its own."""
    asked = {"before": wanted.before, "count": wanted.count, "only_id": None, "only_customer": request.only_customer}
    asked |= wanted.model_dump(include=set(FILTERS))
    return page_of(sql.rows("shipping/shipments_before", ShipmentSummary, company_id=request.act.company_id, **asked), wanted)


@route(router, "POST /shipments", needs="shipments.write")
def make_shipping_notices(request: ApiRequest, asked: NoticesAsked) -> Batch:
    """Make shipping notices for allocated goods: of the orders named, or of all that are ready."""
    outcomes = operations.make_shipping_notices(act=request.act, order_ids=asked.order_ids)
    request.moved = [outcome.id for outcome in outcomes if outcome.done]
    return batch_of(outcomes)


@route(router, "GET /shipments/{shipment_id}", needs=("shipments.read", "portal.read"))
def get_shipment(request: ApiRequest, shipment_id: Id) -> Shipment:
    """Get a shipment with what it holds; a customer's token sees its own."""
    return shipment(request, shipment_id)


@route(router, "POST /shipments/{shipment_id}/dispatch", needs="shipments.dispatch")
def dispatch_shipment(request: ApiRequest, shipment_id: Id) -> Shipment:
    """Say that the goods have left: stock goes down, and the invoice can be drafted. Refused once it has left or was cancelled."""
    the_only(operations.dispatch_shipments(act=request.act, shipment_ids=[shipment_id]))
    return moved(request, shipment_id)


@route(router, "POST /shipments/{shipment_id}/deliver", needs="shipments.dispatch")
def deliver_shipment(request: ApiRequest, shipment_id: Id) -> Shipment:
    """Say that the goods have arrived. Refused unless they are on the road."""
    the_only(operations.deliver_shipments(act=request.act, shipment_ids=[shipment_id]))
    return moved(request, shipment_id)


@route(router, "POST /shipments/{shipment_id}/cancel", needs="shipments.write")
def cancel_shipment(request: ApiRequest, shipment_id: Id, asked: Withdrawn) -> Shipment:
    """Cancel a notice before the goods leave; they stay allocated. Refused once it has left."""
    the_only(operations.cancel_shipments(act=request.act, shipment_ids=[shipment_id], reason=asked.reason))
    return shipment(request, shipment_id)


@route(router, "GET /returns", needs=("shipments.read", "portal.read"))
def list_returns(request: ApiRequest, wanted: Query[ReturnsWanted]) -> Page[ReturnSummary]:
    """List goods that came back, the newest first; a customer's token sees its own."""
    asked = {"before": wanted.before, "count": wanted.count, "only_id": None, "only_customer": request.only_customer}
    asked["order_id"] = wanted.order_id
    return page_of(sql.rows("shipping/returns_before", ReturnSummary, company_id=request.act.company_id, **asked), wanted)


@route(router, "POST /returns", needs="returns.write", status=201)
def create_return(request: ApiRequest, asked: ReturnAsked) -> Return:
    """Take goods back into a warehouse; their credit note follows.

    Wrong lines are named: `unknown_product`, `unknown_shipment_line`. Refused with `more_than_was_shipped`.
    """
    taken = the_only(operations.take_back_goods(act=request.act, returns=[draft_of(request, asked)]))
    back = returned(request, taken.document_id or 0)
    request.moved = [back.order_id] if back.order_id else []
    return back


@route(router, "GET /returns/{return_id}", needs=("shipments.read", "portal.read"))
def get_return(request: ApiRequest, return_id: Id) -> Return:
    """Get a return with what it brought back; a customer's token sees its own."""
    return returned(request, return_id)


def shipment(request: ApiRequest, shipment_id: int) -> Shipment:
    """A shipment that the caller may see; raises Missing."""
    asked = {"before": ID_MAX, "count": 1, "only_id": shipment_id, "only_customer": request.only_customer}
    company_id = request.act.company_id
    heads = sql.rows("shipping/shipments_before", ShipmentSummary, company_id=company_id, **asked, **dict.fromkeys(FILTERS))
    if not heads:
        raise Missing("There is no such shipment.", id=shipment_id)
    lines = sql.rows("shipping/lines_of_shipment", ShipmentLine, company_id=company_id, shipment_id=shipment_id)
    return Shipment(**asdict(heads[0]), lines=lines)


def moved(request: ApiRequest, shipment_id: int) -> Shipment:
    """The shipment as a call has left it; the conveyor takes its order from there."""
    found = shipment(request, shipment_id)
    request.moved = [found.order_id]
    return found


def returned(request: ApiRequest, return_id: int) -> Return:
    """A return that the caller may see; raises Missing."""
    asked = {"before": ID_MAX, "count": 1, "only_id": return_id, "only_customer": request.only_customer, "order_id": None}
    company_id = request.act.company_id
    heads = sql.rows("shipping/returns_before", ReturnSummary, company_id=company_id, **asked)
    if not heads:
        raise Missing("There is no such return.", id=return_id)
    lines = sql.rows("shipping/lines_of_return", ReturnLine, company_id=company_id, return_id=return_id)
    return Return(**asdict(heads[0]), lines=lines)


def draft_of(request: ApiRequest, asked: ReturnAsked) -> ReturnDraft:
    """What a caller says came back as a draft of ours; raises Malformed naming what there is not."""
    company_id = request.act.company_id
    ids = [line.shipment_line_id for line in asked.lines if line.shipment_line_id is not None]
    sold = {
        row.shipment_line_id: row for row in sql.rows("shipping/goods_sold", Sold, company_id=company_id, shipment_line_ids=ids)
    }
    known = named(company_id, [asked, *asked.lines])
    orders = {row.order_id for row in sold.values()}
    return ReturnDraft(
        customer_id=known.customer(asked),
        warehouse_id=known.warehouse(asked),
        lines=[line_draft(known, sold, line, place) for place, line in enumerate(asked.lines, 1)],
        order_id=orders.pop() if len(orders) == 1 else None,
        reason=asked.reason,
        external_ref=asked.external_ref,
        received_on=asked.received_on,
    )


def line_draft(known: Named, sold: Mapping[int, Sold], line: ReturnLineAsked, place: int) -> ReturnLineDraft:
    """A line that came back: of a shipment, at the price it was sold at, or of a product alone."""
    if line.shipment_line_id is None:
        product_id = line.product_id or known.product_of_code(str(line.product), line=place)
        price = line.unit_price or Decimal(0)
        return ReturnLineDraft(product_id, line.quantity, price, restock=line.restock, match_latest_sale=True)
    goods = sold.get(line.shipment_line_id)
    if goods is None:
        raise Malformed("There is no such shipment line.", code="unknown_shipment_line", column="shipment_line_id", line=place)
    price = goods.unit_price if line.unit_price is None else line.unit_price
    return ReturnLineDraft(goods.product_id, line.quantity, price, shipment_line_id=goods.shipment_line_id, restock=line.restock)
