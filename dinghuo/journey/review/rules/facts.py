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
    by rule code on which day a person last let this order go although that rule was broken; `entered_by_roles` what whoever entered
    it is; `registry_status` what a tax registry last answered about the customer's number, empty for never.
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
    cash_discount_rate: Decimal
    cash_discount_days: int
    incoterm: str
    freight_payer: str
    customer_po: str
    ship_to_name: str
    ship_to_address: str
    ship_to_city: str
    ship_to_region: str
    ship_to_postcode: str
    ship_to_country: str
    from_country: str
    amount_tax: Decimal
    customer_name: str
    customer_name_zh: str
    customer_blocked: bool
    credit_limit: Decimal | None
    customer_terms_days: int
    customer_cash_discount_rate: Decimal
    customer_cash_discount_days: int
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
    entered_by_roles: Sequence[str]
    registry_status: str
    registry_checked_on: date | None
    grace: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A line and the master data of its product; quantities in stock units, prices in the order's currency.

    `price_until` is the last day of the agreed price, None for one that does not end; `weight_kg` is that of a stock unit.
    """

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
    price_until: date | None
    unit_cost: Decimal
    is_blocked: bool
    minimum_quantity: Decimal | None
    case_quantity: Decimal
    lead_time_days: int | None
    sold_from: date | None
    discontinued_on: date | None
    is_dual_use: bool
    weight_kg: Decimal


@dataclass(frozen=True, slots=True)
class LineHistory:
    """The median of what the customer's last orders of a product asked for, and how many orders that is."""

    line_id: int
    median: Decimal
    orders: int


@dataclass(frozen=True, slots=True)
class ProductHistory:
    """What a line of a product asks for at most in 99 of 100 cases, by its last lines of all customers, and how many those are."""

    product_id: int
    p99: Decimal
    lines: int


@dataclass(frozen=True, slots=True)
class DeniedMatch:
    """A denied party that a customer or receiver may be: how like the names are, 1 for the same number of a register."""

    list_code: str
    name: str
    score: Decimal
    by_number: bool


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
    of_product: Mapping[int, ProductHistory] | None = None
    denied: DeniedMatch | None = None
    supply: Mapping[int, LineSupply] | None = None
    listing: Mapping[int, LineListing] | None = None
    same_po: Sequence[OtherOrder] = ()
    alike: Sequence[OtherOrder] = ()
    lines_to_review: frozenset[int] | None = None
