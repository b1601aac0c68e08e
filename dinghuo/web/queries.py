"""Reads that look across the stages: lists of orders, one order with all that belongs to it, the work that waits."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from dinghuo.journey.ordering.models import OrderState
from dinghuo.kernel import sql
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.paging import ID_MAX

IN_WORK: Final = frozenset({OrderState.SUBMITTED, OrderState.HELD, OrderState.RELEASED})
SET_ASIDE: Final = frozenset({OrderState.DRAFT, OrderState.REJECTED, OrderState.CANCELLED})


@dataclass(frozen=True, slots=True)
class Search:
    """Which orders a list shows; `issue` is short, waited or overdue, `reference` the start of a number."""

    states: Sequence[str] = tuple(OrderState.values)
    issue: str = ""
    customer_ids: Sequence[int] | None = None
    reference: str = ""
    product: str = ""
    ordered_from: date = date.min
    ordered_until: date = date.max
    before: tuple[date, int] = field(default=(date.max, ID_MAX))


@dataclass(frozen=True, slots=True)
class OrderKey:
    """An order that a list shows."""

    id: int


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in a list; quantities are sums over its lines, in stock units."""

    id: int
    number: str
    state: str
    ordered_on: date
    customer_code: str
    name: str
    name_zh: str
    customer_po: str
    currency: str
    amount_gross: Decimal
    lines: int
    ordered: Decimal
    allocated: Decimal
    shipped: Decimal
    invoiced: Decimal
    lines_short: int
    holds: Sequence[str]


@dataclass(frozen=True, slots=True)
class OrderHead:
    """An order with its parties, terms and amounts."""

    id: int
    number: str
    state: str
    version: int
    source: str
    external_ref: str | None
    customer_id: int
    customer_code: str
    name: str
    name_zh: str
    warehouse_code: str
    customer_po: str
    currency: str
    ordered_on: date
    requested_on: date | None
    payment_terms_days: int
    cash_discount_rate: Decimal
    cash_discount_days: int
    incoterm: str
    freight_payer: str
    ship_to_name: str
    ship_to_address: str
    ship_to_city: str
    ship_to_region: str
    ship_to_postcode: str
    ship_to_country: str
    amount_net: Decimal
    amount_tax: Decimal
    amount_gross: Decimal
    invoiced_gross: Decimal
    paid_gross: Decimal
    lines: int


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line and how far it has come, in stock units; `short` is what a run could not give it."""

    id: int
    position: int
    product_code: str
    name: str
    name_zh: str
    unit: str
    ordered: Decimal
    allocated: Decimal
    shipped: Decimal
    invoiced: Decimal
    paid: Decimal
    short: Decimal
    short_because: str
    unit_price: Decimal
    tax_rate: Decimal
    amount_net: Decimal
    amount_tax: Decimal


@dataclass(frozen=True, slots=True)
class Charge:
    """What an order bills besides goods."""

    position: int
    kind: str
    description: str
    quantity: Decimal
    unit_price: Decimal
    amount_net: Decimal
    amount_tax: Decimal


@dataclass(frozen=True, slots=True)
class ShipmentOfOrder:
    """A shipment of an order, with the invoice that bills it."""

    id: int
    number: str
    state: str
    warehouse_code: str
    carrier_code: str
    name: str
    name_zh: str
    planned_on: date
    dispatched_on: date | None
    expected_on: date
    delivered_on: date | None
    tracking_number: str
    lines: int
    quantity: Decimal
    returned: Decimal
    invoice_id: int | None


@dataclass(frozen=True, slots=True)
class InvoiceOfOrder:
    """An invoice or credit note of an order; `applied` is what has been settled of it."""

    id: int
    kind: str
    state: str
    number: str | None
    issued_on: date
    due_on: date
    currency: str
    amount_net: Decimal
    amount_tax: Decimal
    amount_gross: Decimal
    applied: Decimal
    settled_on: date | None


@dataclass(frozen=True, slots=True)
class PaymentOfOrder:
    """Money set against one of an order's invoices, and why."""

    id: int
    payment_number: str | None
    method: str
    invoice_number: str | None
    amount: Decimal
    reason: str
    applied_on: date


@dataclass(frozen=True, slots=True)
class FindingOfOrder:
    """What a rule found in the latest review; `inputs` are the figures it compared."""

    kind: str
    code: str
    version: int
    severity: str
    outcome: str
    inputs: Mapping[str, Any]
    reviewed_at: datetime
    is_holding: bool


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """Something that happened on an order's way; without an actor the system did it."""

    id: int
    kind: str
    document: str
    document_id: int
    at: datetime
    actor: str | None
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FeedbackOfOrder:
    """What the customer said about an order, and our answer."""

    id: int
    rating: int
    comment: str
    left_at: datetime
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much of one kind of work there is."""

    name: str
    count: int


def orders(act: Act, search: Search, *, count: int) -> list[OrderRow]:
    """The orders that a search asks for, latest first: at most `count`."""
    parameters = asdict(search)
    before_on, before_id = parameters.pop("before")
    parameters["states"] = list(search.states)
    del parameters["issue"]
    found = sql.rows(
        f"web/{way_to(search)}",
        OrderKey,
        company_id=act.company_id,
        on_day=act.on,
        before_on=before_on,
        before_id=before_id,
        count=count,
        **parameters,
    )
    return sql.rows("web/order_rows", OrderRow, company_id=act.company_id, order_ids=[key.id for key in found])


def way_to(search: Search) -> str:
    """The statement that reaches the wanted orders by an index, without walking past those not wanted."""
    states = set(search.states)
    ways = (
        (search.issue == "short", "orders_short"),
        (search.issue == "waited", "orders_that_waited"),
        (search.issue == "overdue", "orders_overdue"),
        (bool(search.product), "orders_of_product"),
        (bool(search.reference), "orders_by_reference"),
        (states <= SET_ASIDE, "orders_set_aside"),
        (states <= IN_WORK, "orders_in_work"),
        (search.customer_ids is not None, "orders_of_customers"),
    )
    return next((statement for applies, statement in ways if applies), "orders_by_day")


def order(act: Act, order_id: int, *, customer_id: int | None = None) -> OrderHead | None:
    """One order, or None when there is none here; with `customer_id` only that customer's."""
    found = sql.rows("web/order_head", OrderHead, company_id=act.company_id, order_id=order_id, customer_id=customer_id)
    return next(iter(found), None)


def order_lines(act: Act, order_id: int, *, after_position: int, count: int) -> list[OrderLine]:
    """An order's lines by position, after a position: at most `count`."""
    after = {"after_position": after_position, "count": count}
    return sql.rows("web/order_lines", OrderLine, company_id=act.company_id, order_id=order_id, **after)


def charges(act: Act, order_id: int) -> list[Charge]:
    """What an order bills besides goods."""
    return sql.rows("web/order_charges", Charge, company_id=act.company_id, order_id=order_id)


def shipments(act: Act, order_id: int) -> list[ShipmentOfOrder]:
    """An order's shipments, first to last."""
    return sql.rows("web/order_shipments", ShipmentOfOrder, company_id=act.company_id, order_id=order_id)


def invoices(act: Act, order_id: int) -> list[InvoiceOfOrder]:
    """An order's invoices and credit notes, first to last."""
    return sql.rows("web/order_invoices", InvoiceOfOrder, company_id=act.company_id, order_id=order_id)


def payments(act: Act, order_id: int) -> list[PaymentOfOrder]:
    """What has settled an order's invoices, first to last."""
    return sql.rows("web/order_payments", PaymentOfOrder, company_id=act.company_id, order_id=order_id)


def findings(act: Act, order_id: int) -> list[FindingOfOrder]:
    """What the latest review of an order found, rule by rule."""
    return sql.rows("web/order_findings", FindingOfOrder, company_id=act.company_id, order_id=order_id)


def timeline(act: Act, order_id: int, *, after_id: int, count: int) -> list[TimelineEvent]:
    """What happened on an order's way, first to last, after an event: at most `count`."""
    after = {"after_id": after_id, "count": count}
    return sql.rows("web/order_timeline", TimelineEvent, company_id=act.company_id, order_id=order_id, **after)


def feedback(act: Act, order_id: int) -> FeedbackOfOrder | None:
    """What the customer said about an order, if anything."""
    found = sql.rows("web/order_feedback", FeedbackOfOrder, company_id=act.company_id, order_id=order_id)
    return next(iter(found), None)


def work_waiting(act: Act) -> dict[str, int]:
    """How much work of each kind there is in the company."""
    found = sql.rows("web/work_waiting", Waiting, company_id=act.company_id, on_day=act.on)
    return {row.name: row.count for row in found}
