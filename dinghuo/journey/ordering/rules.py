"""What an order's lines must look like, and what they come to."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from dinghuo.kernel.money import rounded

LINES_MAX = 5_000
QUANTITY_MAX = Decimal("999999999999.999")
PRICE_MAX = Decimal("999999999999.999999")
QUANTITY_DECIMALS = 3
PRICE_DECIMALS = 6
RATE_DECIMALS = 4
TERMS_MAX = 365
INCOTERM_LENGTH = 3
KIT_LENGTH = 40
FREIGHT_PAYERS = frozenset({"", "seller", "buyer"})
ADDRESS_LENGTHS = {"name": 200, "address": 300, "city": 100, "region": 100, "postcode": 12, "country": 2}


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A line as asked for: quantity in stock units; without a price the agreed one holds.

    Lines of an order with the same `kit` are parts of one set, each with `per_set` units in it.
    """

    product_id: int
    quantity: Decimal
    unit_price: Decimal | None = None
    source_row: int | None = None
    kit: str = ""
    per_set: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class ChargeDraft:
    """Something billed besides goods; discounts have a negative price."""

    kind: str
    quantity: Decimal
    unit_price: Decimal
    description: str = ""
    source_row: int | None = None


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """An order as asked for; what is left out comes from the customer. `external_ref` makes a repeat harmless."""

    customer_id: int
    warehouse_id: int
    lines: Sequence[LineDraft]
    charges: Sequence[ChargeDraft] = ()
    external_ref: str | None = None
    source: str = "page"
    customer_po: str = ""
    ordered_on: date | None = None
    requested_on: date | None = None
    ship_to_name: str = ""
    ship_to_address: str = ""
    ship_to_city: str = ""
    ship_to_region: str = ""
    ship_to_postcode: str = ""
    ship_to_country: str = ""
    payment_terms_days: int | None = None
    cash_discount_rate: Decimal | None = None
    cash_discount_days: int | None = None
    incoterm: str = ""
    freight_payer: str = ""


@dataclass(frozen=True, slots=True)
class ShipTo:
    """Where goods go, whole: an order's address is changed as one thing."""

    name: str
    address: str
    city: str
    country: str
    region: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True)
class Amendment:
    """A change to an order at a stated version: new quantities (0 removes a line) and prices by line id, and lines added.

    Payment terms and address stay as they are when they are None.
    """

    version: int
    quantities: Mapping[int, Decimal] = field(default_factory=dict)
    prices: Mapping[int, Decimal] = field(default_factory=dict)
    added: Sequence[LineDraft] = ()
    reason: str = ""
    payment_terms_days: int | None = None
    ship_to: ShipTo | None = None

    @property
    def head(self) -> dict[str, Any]:
        """The columns of the order itself that it sets."""
        columns: dict[str, Any] = {}
        if self.payment_terms_days is not None:
            columns["payment_terms_days"] = self.payment_terms_days
        if self.ship_to is not None:
            columns |= {f"ship_to_{part}": value for part, value in asdict(self.ship_to).items()}
        return columns


@dataclass(frozen=True, slots=True)
class Amounts:
    """A line's net and tax, each rounded to the currency's minor unit."""

    net: Decimal
    tax: Decimal


def line_amounts(*, quantity: Decimal, unit_price: Decimal, tax_rate: Decimal, minor_units: int, rounding: str) -> Amounts:
    """Net and tax of a line: tax is taken on the rounded net. Rule: docs/rules/ordering.md."""
    net = rounded(quantity * unit_price, minor_units=minor_units, rounding=rounding)
    return Amounts(net=net, tax=rounded(net * tax_rate, minor_units=minor_units, rounding=rounding))


def fault_in_order(draft: OrderDraft) -> dict[str, Any] | None:
    """The first thing wrong with an order as asked for, as facts naming line and column; None when it is well formed."""
    if fault := fault_in_terms(draft.payment_terms_days, draft.cash_discount_rate, draft.cash_discount_days):
        return fault
    if len(draft.incoterm) > INCOTERM_LENGTH or draft.freight_payer not in FREIGHT_PAYERS:
        return {"column": "incoterm", "message": "A delivery term has 3 letters, and seller or buyer pays the freight."}
    if not draft.lines and not draft.charges:
        return {"column": "lines", "message": "An order needs at least one line."}
    if len(draft.lines) + len(draft.charges) > LINES_MAX:
        return {"column": "lines", "line": LINES_MAX + 1, "message": f"An order has at most {LINES_MAX} lines."}
    for position, line in enumerate(draft.lines, 1):
        fault = fault_in_quantity(line.quantity) or fault_in_price(line.unit_price) or fault_in_set(line)
        if fault:
            return {"line": position, **fault}
    for position, charge in enumerate(draft.charges, len(draft.lines) + 1):
        if too_fine(charge.unit_price, PRICE_DECIMALS) or too_fine(charge.quantity, QUANTITY_DECIMALS):
            return {"line": position, "column": "unit_price", "message": "A charge has at most 6 decimals."}
    return None


def fault_in_terms(days: int | None, discount: Decimal | None = None, discount_days: int | None = None) -> dict[str, Any] | None:
    """What is wrong with payment terms: at most a year to pay, and a cash discount that is a share of less than 1."""
    if days is not None and not 0 <= days <= TERMS_MAX:
        return {"column": "payment_terms_days", "message": f"Payment terms are between 0 and {TERMS_MAX} days."}
    if discount is not None and (too_fine(discount, RATE_DECIMALS) or not 0 <= discount < 1):
        return {"column": "cash_discount_rate", "message": "A cash discount is a share below 1, with at most 4 decimals."}
    if discount_days is not None and not 0 <= discount_days <= TERMS_MAX:
        return {"column": "cash_discount_days", "message": f"A cash discount runs for between 0 and {TERMS_MAX} days."}
    return None


def fault_in_address(ship_to: ShipTo) -> dict[str, Any] | None:
    """What is wrong with a new address: no part may be longer than an order keeps, and name and country are there."""
    for part, most in ADDRESS_LENGTHS.items():
        value = getattr(ship_to, part)
        if len(value) > most or (part in {"name", "country"} and not value.strip()):
            return {
                "column": f"ship_to_{part}",
                "message": f"The address's {part} has at most {most} characters; name and country are needed.",
            }
    return None


def fault_in_quantity(quantity: Decimal) -> dict[str, Any] | None:
    """What is wrong with an ordered quantity: it must be positive, finite and have at most 3 decimals."""
    if not quantity.is_finite() or quantity <= 0:
        return {"column": "quantity", "message": f"The quantity must be more than zero, not {quantity}."}
    if too_fine(quantity, QUANTITY_DECIMALS) or quantity > QUANTITY_MAX:
        return {"column": "quantity", "message": "A quantity has at most 12 digits and 3 decimals."}
    return None


def fault_in_set(line: LineDraft) -> dict[str, Any] | None:
    """What is wrong with a part of a set: it has a code and units a set, and whole sets are ordered; other lines have neither."""
    if not line.kit:
        return {"column": "per_set", "message": "Units a set belong to a line of a set."} if line.per_set else None
    if len(line.kit) > KIT_LENGTH:
        return {"column": "kit", "message": f"A set's code has at most {KIT_LENGTH} characters."}
    fault = fault_in_quantity(line.per_set)
    if fault:
        return {"column": "per_set", "message": "A set takes more than zero units, with at most 3 decimals."}
    if line.quantity % line.per_set:
        return {"column": "quantity", "message": f"{line.quantity} units are no whole number of sets of {line.per_set}."}
    return None


def fault_in_price(price: Decimal | None) -> dict[str, Any] | None:
    """What is wrong with a unit price: it must not be negative and have at most 6 decimals; None stands for the agreed one."""
    if price is None:
        return None
    if not price.is_finite() or price < 0:
        return {"column": "unit_price", "message": f"The price must not be negative, but is {price}."}
    if too_fine(price, PRICE_DECIMALS) or price > PRICE_MAX:
        return {"column": "unit_price", "message": "A price has at most 12 digits and 6 decimals."}
    return None


def too_fine(number: Decimal, decimals: int) -> bool:
    """Whether a number is not finite or has more decimals than that (trailing zeros do not count)."""
    if not number.is_finite():
        return True
    exponent = number.as_tuple().exponent
    return -int(exponent) > decimals and -int(number.normalize().as_tuple().exponent) > decimals
