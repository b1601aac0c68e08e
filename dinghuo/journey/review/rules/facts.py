"""What the rules look at: an order, its lines, and its customer's credit, as frozen rows that the statements fill."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """The version of a rule that judges today."""

    id: int
    code: str
    kind: str
    parameters: Mapping[str, Any]
    severity: str
    scope: str
    scope_value: str
    is_release_exclusion: bool


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """An order and the master data of its customer; amounts in company currency.

    `amount_new` is what it adds to exposure, nothing once released; `discount_net` what negative charges take off. `grace` tells
    by rule code on which day a person last let this order go although that rule was broken.
    """

    order_id: int
    number: str
    version: int
    state: str
    customer_id: int
    customer_code: str
    customer_class: str
    ordered_on: date
    requested_on: date | None
    amount_gross: Decimal
    amount_new: Decimal
    goods_net: Decimal
    discount_net: Decimal
    currency: str
    company_currency: str
    payment_terms_days: int
    customer_po: str
    ship_to_name: str
    ship_to_address: str
    ship_to_city: str
    ship_to_country: str
    customer_blocked: bool
    credit_limit: Decimal | None
    customer_terms_days: int
    group_id: int
    group_limit: Decimal | None
    order_maximum: Decimal | None
    limit_expires_on: date | None
    account_status: str
    dunning_level: int
    receiving_days: str
    po_must_be_unique: bool | None
    tax_id: str
    customer_country: str
    earlier_orders: int
    grace: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A line and the master data of its product; quantities in stock units, prices in the order's currency."""

    order_id: int
    line_id: int
    position: int
    product_id: int
    product: str
    category: str
    ordered: Decimal
    unit_price: Decimal
    amount_net: Decimal
    agreed_price: Decimal | None
    unit_cost: Decimal
    is_blocked: bool
    minimum_quantity: Decimal | None
    case_quantity: Decimal
    lead_time_days: int | None
    sold_from: date | None
    discontinued_on: date | None


@dataclass(frozen=True, slots=True)
class LineHistory:
    """The median of what the customer's last orders of a product asked for, and how many orders that is."""

    line_id: int
    median: Decimal
    orders: int


@dataclass(frozen=True, slots=True)
class LineSupply:
    """What is free of a line's product in every active warehouse, in stock units."""

    line_id: int
    available: Decimal


@dataclass(frozen=True, slots=True)
class LineListing:
    """Whether an allow or deny list names a line's product for its customer; `has_allow_list` when the customer has one at all."""

    line_id: int
    is_allowed: bool
    is_denied: bool
    has_allow_list: bool


@dataclass(frozen=True, slots=True)
class CreditFacts:
    """What a customer owes and has on order, in company currency; days and amounts are parallel lists, a day an element.

    Open orders lie by the day they are to leave, receivables by the day they fall due. A disputed receivable counts as owed, not as
    late. `paid_for` and `paid_amounts` tell what unapplied payments were for, by reference.
    """

    customer_id: int
    group_id: int
    unreleased: Decimal
    order_days: Sequence[date]
    order_amounts: Sequence[Decimal]
    delivered_not_billed: Decimal
    billed_not_posted: Decimal
    receivables: Decimal
    due_days: Sequence[date]
    due_amounts: Sequence[Decimal]
    due_largest: Sequence[Decimal]
    unapplied: Decimal
    paid_for: Sequence[str]
    paid_amounts: Sequence[Decimal]

    @property
    def open_orders(self) -> Decimal:
        """What is on order and not delivered."""
        return sum(self.order_amounts, Decimal(0))

    @property
    def exposure(self) -> Decimal:
        """What the customer would owe if all that is open were delivered and billed today."""
        return self.open_orders + self.delivered_not_billed + self.billed_not_posted + self.receivables - self.unapplied


@dataclass(frozen=True, slots=True)
class OtherOrder:
    """Another order that may be the same one again; `likeness` is the share of lines that both have, 1 for the same PO number."""

    order_id: int
    number: str
    likeness: Decimal
    hours_apart: Decimal


@dataclass(frozen=True, slots=True)
class Case:
    """All that one order is judged by. `used` and `pool_used` are what orders before it in the same run have taken.

    `lines_to_review` are the lines that rules about single lines look at: of an order amended after its release, what changed.
    """

    order: OrderFacts
    today: date
    at: datetime
    lines: Sequence[LineFacts] = ()
    credit: CreditFacts | None = None
    pool: Sequence[CreditFacts] = ()
    used: Decimal = Decimal(0)
    pool_used: Decimal = Decimal(0)
    history: Mapping[int, LineHistory] | None = None
    supply: Mapping[int, LineSupply] | None = None
    listing: Mapping[int, LineListing] | None = None
    same_po: Sequence[OtherOrder] = ()
    alike: Sequence[OtherOrder] = ()
    lines_to_review: frozenset[int] | None = None
