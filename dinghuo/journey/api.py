"""One order over the API: entered, shown, and moved across the stages.

After a call that moves an order, the conveyor takes it as far as the company's settings let it go; the reply shows the order as the
call itself left it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from dinghuo.journey import operations
from dinghuo.journey.ordering.api import State, router
from dinghuo.journey.ordering.rules import Amendment, ChargeDraft, LineDraft, OrderDraft, ShipTo
from dinghuo.journey.reactions import hold_back_orders, withdraw_orders
from dinghuo.journey.review.api import Decision
from dinghuo.kernel import sql
from dinghuo.kernel.errors import Missing, the_only
from dinghuo.reference.bearers import ApiRequest
from dinghuo.reference.naming import OneCustomer, OneProduct, SomeWarehouse, named
from dinghuo.reference.routes import IF_MATCH, route, wanted_version
from dinghuo.reference.wire import (
    LINES_MAX,
    Asked,
    BodyId,
    ChargePrice,
    Code,
    Country,
    Day,
    Flag,
    Id,
    Money,
    Note,
    Price,
    Quantity,
    Rate,
    Reason,
    Reference,
    SomeQuantity,
    Text,
    Title,
)

__all__ = ["router"]

EXAMPLE: Final = {
    "customer": "C-100",
    "customer_po": "PO-4711",
    "submit": True,
    "lines": [{"product": "P-100", "quantity": "40"}, {"product": "P-200", "quantity": "2.5", "unit_price": "11.900000"}],
    "charges": [{"kind": "postage", "description": "Express", "quantity": "1", "unit_price": "12.50"}],
}
ENTRY: Final = {"requestBody": {"content": {"application/json": {"examples": {"order": {"value": EXAMPLE}}}}}}


@dataclass(frozen=True, slots=True)
class OrderHead:
    """What a whole order says beside its lines."""

    id: int
    number: str
    state: State
    version: int
    source: str
    external_ref: str | None
    customer_id: int
    customer: str
    warehouse: str
    customer_po: str
    currency: str
    ordered_on: date
    requested_on: date | None
    payment_terms_days: int
    cash_discount_rate: Rate
    cash_discount_days: int
    incoterm: str
    freight_payer: str
    ship_to_name: str
    ship_to_address: str
    ship_to_city: str
    ship_to_region: str
    ship_to_postcode: str
    ship_to_country: str
    amount_net: Money
    amount_tax: Money
    amount_gross: Money
    invoiced_gross: Money
    paid_gross: Money
    minor_units: int


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A product ordered and how far it has come, in stock units; `paid` counts what settled invoices billed, `short` what waits.

    `kit` is the set that the line is part of, if any, and `per_set` its units in each.
    """

    id: int
    position: int
    product_id: int
    product: str
    name: str
    name_zh: str
    unit: str
    ordered: Quantity
    allocated: Quantity
    shipped: Quantity
    invoiced: Quantity
    paid: Quantity
    short: Quantity
    unit_price: Price
    tax_rate: Rate
    amount_net: Money
    amount_tax: Money
    kit: str
    per_set: Quantity


@dataclass(frozen=True, slots=True)
class OrderCharge:
    """What an order bills besides goods."""

    id: int
    position: int
    kind: str
    description: str
    quantity: Quantity
    unit_price: ChargePrice
    tax_rate: Rate
    amount_net: Money
    amount_tax: Money


@dataclass(frozen=True, slots=True)
class Order(OrderHead):
    """An order with its lines; `version` is also its ETag, which a change names in If-Match."""

    lines: list[OrderLine]
    charges: list[OrderCharge]


TermsDays = Annotated[int, Field(strict=True, ge=0, le=365)]


class LineAsked(OneProduct):
    """A product wanted, in stock units; without a price the agreed one holds.

    Lines of an order with the same `kit` are parts of one set, each with `per_set` units in it: runs serve whole sets.
    """

    quantity: SomeQuantity = Field(examples=["40"])
    unit_price: Price | None = None
    kit: Code | None = None
    per_set: SomeQuantity | None = None


class ChargeAsked(Asked):
    """Something billed besides goods; a discount's price is negative."""

    kind: Annotated[str, Text(most=30, least=1, pattern="^[a-z_]+$")] = Field(examples=["postage"])
    description: Title = ""
    quantity: SomeQuantity = Field("1", validate_default=True)
    unit_price: ChargePrice


class OrderAsked(OneCustomer, SomeWarehouse):
    """A new order; what is left out comes from the customer.

    `external_ref` makes a repeat harmless, `submit` hands the order to review.
    """

    lines: list[LineAsked] = Field([], max_length=LINES_MAX)
    charges: list[ChargeAsked] = Field([], max_length=LINES_MAX)
    submit: Flag = False
    external_ref: Reference | None = None
    customer_po: Annotated[str, Text(most=80)] = ""
    ordered_on: Day | None = None
    requested_on: Day | None = None
    ship_to_name: Title = ""
    ship_to_address: Note = ""
    ship_to_city: Annotated[str, Text(most=100)] = ""
    ship_to_region: Annotated[str, Text(most=100)] = ""
    ship_to_postcode: Annotated[str, Text(most=12)] = ""
    ship_to_country: Country | None = None
    payment_terms_days: TermsDays | None = None
    cash_discount_rate: Rate | None = None
    cash_discount_days: TermsDays | None = None
    incoterm: Annotated[str, Text(most=3, pattern="^[A-Z]*$")] = Field("", examples=["FOB"])
    freight_payer: Literal["", "seller", "buyer"] = ""


class LineChange(Asked):
    """What is to change of a line; a quantity of 0 removes it."""

    line_id: BodyId
    quantity: Quantity | None = None
    unit_price: Price | None = None


class ShipToAsked(Asked):
    """A new address, whole."""

    name: Annotated[str, Text(most=200, least=1)]
    address: Note = ""
    city: Annotated[str, Text(most=100)] = ""
    region: Annotated[str, Text(most=100)] = ""
    postcode: Annotated[str, Text(most=12)] = ""
    country: Country


class AmendmentAsked(Asked):
    """A change of an order: lines that change, lines that come, other payment terms or another address, and why."""

    reason: Reason
    lines: list[LineChange] = Field([], max_length=LINES_MAX)
    added: list[LineAsked] = Field([], max_length=LINES_MAX)
    payment_terms_days: TermsDays | None = None
    ship_to: ShipToAsked | None = None


class Withdrawal(Asked):
    """Why an order is cancelled."""

    reason: Reason


@route(router, "POST /orders", needs="orders.write", status=201, extra=ENTRY)
def create_order(request: ApiRequest, asked: OrderAsked) -> Order:
    """Enter an order and, with `submit`, hand it to review at once.

    Input that is wrong is named by line and column: `unknown_product`, `unknown_customer`, `unknown_warehouse`, `malformed`.
    """
    entered = operations.enter_order(act=request.act, draft=draft_of(request, asked), submit=asked.submit)
    return moved(request, entered.document_id or 0)


@route(router, "GET /orders/{order_id}", needs=("orders.read", "portal.read"))
def get_order(request: ApiRequest, order_id: Id) -> Order:
    """Get an order with its lines and how far each has come; a customer's token sees that customer's orders alone."""
    return order(request, order_id)


@route(router, "POST /orders/{order_id}/submit", needs="orders.write")
def submit_order(request: ApiRequest, order_id: Id) -> Order:
    """Hand a draft to review. Refused with `not_a_draft`."""
    operations.submit_order(act=request.act, order_id=order_id)
    return moved(request, order_id)


@route(router, "POST /orders/{order_id}/amendments", needs="orders.write", extra={"parameters": [IF_MATCH]})
def amend_order(request: ApiRequest, order_id: Id, asked: AmendmentAsked) -> Order:
    """Change an order's quantities, prices or lines at the version named in If-Match; a submitted one is judged anew.

    Refused with `version_conflict` when somebody was faster, `already_allocated` and `cannot_be_amended`.
    """
    operations.change_order(act=request.act, order_id=order_id, amendment=amendment_of(request, asked))
    return moved(request, order_id)


@route(router, "POST /orders/{order_id}/cancel", needs="orders.write")
def cancel_order(request: ApiRequest, order_id: Id, asked: Withdrawal) -> Order:
    """Cancel an order that has not left: its notices are cancelled and its stock goes back.

    Refused with `stock_is_allocated` once something has left, and `cannot_be_cancelled`.
    """
    the_only(withdraw_orders(act=request.act, order_ids=[order_id], reason=asked.reason))
    return moved(request, order_id)


@route(router, "POST /orders/{order_id}/hold", needs="orders.release")
def hold_order(request: ApiRequest, order_id: Id, asked: Decision) -> Order:
    """Undo an order's release before its goods have left: its notices are cancelled, its stock goes back, it waits for a person.

    Refused with `not_released`, and `already_under_way` once something has left.
    """
    why = {"reason_code": asked.reason_code, "reason": asked.reason}
    the_only(hold_back_orders(act=request.act, order_ids=[order_id], **why))
    return order(request, order_id)


def moved(request: ApiRequest, order_id: int) -> Order:
    """The order as a call has left it; the conveyor takes it from there."""
    request.moved = [order_id]
    return order(request, order_id)


def order(request: ApiRequest, order_id: int) -> Order:
    """An order that the caller may see; raises Missing."""
    company_id = request.act.company_id
    heads = sql.rows("journey/order_head", OrderHead, company_id=company_id, order_id=order_id, only_customer=request.only_customer)
    if not heads:
        raise Missing("There is no such order.", id=order_id)
    asked = {"company_id": company_id, "order_id": order_id, "minor_units": heads[0].minor_units}
    lines = sql.rows("journey/order_lines", OrderLine, **asked)
    charges = sql.rows("journey/order_charges", OrderCharge, **asked)
    return Order(**asdict(heads[0]), lines=lines, charges=charges)


def draft_of(request: ApiRequest, asked: OrderAsked) -> OrderDraft:
    """What a caller asks for as a draft of ours; raises Malformed naming what there is not."""
    known = named(request.act.company_id, [asked, *asked.lines])
    return OrderDraft(
        customer_id=known.customer(asked),
        warehouse_id=known.warehouse(asked),
        lines=line_drafts(known, asked.lines),
        charges=[ChargeDraft(item.kind, item.quantity, item.unit_price, item.description) for item in asked.charges],
        external_ref=asked.external_ref,
        source="api",
        customer_po=asked.customer_po,
        ordered_on=asked.ordered_on,
        requested_on=asked.requested_on,
        ship_to_name=asked.ship_to_name,
        ship_to_address=asked.ship_to_address,
        ship_to_city=asked.ship_to_city,
        ship_to_region=asked.ship_to_region,
        ship_to_postcode=asked.ship_to_postcode,
        ship_to_country=asked.ship_to_country or "",
        payment_terms_days=asked.payment_terms_days,
        cash_discount_rate=asked.cash_discount_rate,
        cash_discount_days=asked.cash_discount_days,
        incoterm=asked.incoterm,
        freight_payer=asked.freight_payer,
    )


def amendment_of(request: ApiRequest, asked: AmendmentAsked) -> Amendment:
    """What a caller wants changed, at the version it saw."""
    known = named(request.act.company_id, asked.added)
    quantities: dict[int, Decimal] = {line.line_id: line.quantity for line in asked.lines if line.quantity is not None}
    prices: dict[int, Decimal] = {line.line_id: line.unit_price for line in asked.lines if line.unit_price is not None}
    return Amendment(
        wanted_version(request),
        quantities,
        prices,
        line_drafts(known, asked.added),
        asked.reason,
        payment_terms_days=asked.payment_terms_days,
        ship_to=None if asked.ship_to is None else ShipTo(**asked.ship_to.model_dump()),
    )


def line_drafts(known: Any, lines: Sequence[LineAsked]) -> list[LineDraft]:
    """The lines asked for, with their products found."""
    return [
        LineDraft(
            known.product(line, line=place),
            line.quantity,
            line.unit_price,
            kit=line.kit or "",
            per_set=Decimal(0) if line.per_set is None else line.per_set,
        )
        for place, line in enumerate(lines, 1)
    ]
