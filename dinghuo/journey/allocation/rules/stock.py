"""What a receipt, a supply and an adjustment say, which of them cannot be, and what a change of stock costs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dinghuo.journey.allocation import errors
from dinghuo.kernel.errors import DONE
from dinghuo.kernel.money import rounded

QUANTITY_LIMIT = Decimal(10) ** 12
PRICE_LIMIT = Decimal(10) ** 12

# What every run decides by; stored with the run, so that a later version can tell which rules an old run knew.
POLICY: Mapping[str, object] = {
    "version": 1,
    "served_first": ["priority", "customer_class", "ordered_on", "order_id", "position"],
    "warehouses": ["own", "priority", "warehouse_id"],
    "lots": ["expires_on", "received_on", "stock_level_id"],
    "partial": True,
    "expired_lots": False,
}


@dataclass(frozen=True, slots=True)
class Supply:
    """Goods ordered from a supplier: how many stock units are expected where, when, and at what cost each."""

    warehouse_id: int
    product_id: int
    quantity: Decimal
    unit_cost: Decimal
    expected_on: date
    reference: str = ""
    is_generated: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """Goods that came in, in stock units; `inbound_id` names the supply that they fulfil."""

    warehouse_id: int
    product_id: int
    quantity: Decimal
    unit_cost: Decimal
    lot_code: str | None = None
    expires_on: date | None = None
    inbound_id: int | None = None


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A correction of stock: `quantity` is signed. An increase without `unit_cost` is valued at the level's average cost."""

    warehouse_id: int
    product_id: int
    quantity: Decimal
    lot_id: int | None = None
    unit_cost: Decimal | None = None
    source_row: int | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """A stock level as it is locked; `standard_cost` values what comes into an empty one."""

    on_hand: Decimal
    allocated: Decimal
    cost_amount: Decimal
    standard_cost: Decimal


@dataclass(frozen=True, slots=True)
class Change:
    """What one adjustment does to its level, or the code why it does nothing; `free` is what it found unpromised."""

    quantity: Decimal
    cost_amount: Decimal
    free: Decimal
    code: str = DONE


def is_quantity(value: Decimal) -> bool:
    """Whether a number is a quantity that a row can hold: finite, at most 3 decimals, within 12 digits before them."""
    return value.is_finite() and abs(value) < QUANTITY_LIMIT and value == round(value, 3)


def is_price(value: Decimal) -> bool:
    """Whether a number is a price of one unit: finite, not negative, at most 6 decimals."""
    return value.is_finite() and 0 <= value < PRICE_LIMIT and value == round(value, 6)


def wrong_columns(item: Supply | Receipt | Adjustment) -> list[str]:
    """The columns of an item whose values cannot be, in the order they are checked."""
    wrong = []
    signed = isinstance(item, Adjustment)
    if not is_quantity(item.quantity) or item.quantity == 0 or (item.quantity < 0 and not signed):
        wrong.append("quantity")
    if item.unit_cost is not None and not is_price(item.unit_cost):
        wrong.append("unit_cost")
    return wrong


def cost_taken(cost_amount: Decimal, on_hand: Decimal, taken: Decimal, *, minor_units: int, rounding: str) -> Decimal:
    """The cost of the first `taken` units of a level: its share, rounded. All units take all of the cost, to the minor unit."""
    return rounded(cost_amount * taken / on_hand, minor_units=minor_units, rounding=rounding)


def changes(level: Level, adjustments: Iterable[Adjustment], *, minor_units: int, rounding: str) -> Sequence[Change]:
    """What adjustments do to one level, one after the other; one that would take promised units does nothing.

    Cost is taken cumulatively since the last increase, so that many small decreases take what one large one would.
    Rule: docs/rules/allocation.md.
    """
    base, base_cost, taken = level.on_hand, level.cost_amount, Decimal(0)
    found = []
    for item in adjustments:
        on_hand = base - taken
        cost = base_cost - _share(base_cost, base, taken, minor_units, rounding)
        free = on_hand - level.allocated
        if item.quantity < -free:
            found.append(Change(Decimal(0), Decimal(0), free, errors.NOT_ENOUGH_FREE_STOCK))
            continue
        if item.quantity > 0:
            unit_cost = item.unit_cost
            if unit_cost is None:
                unit_cost = cost / on_hand if on_hand else level.standard_cost
            added = rounded(item.quantity * unit_cost, minor_units=minor_units, rounding=rounding)
            base, base_cost, taken = on_hand + item.quantity, cost + added, Decimal(0)
            found.append(Change(item.quantity, added, free))
            continue
        taken -= item.quantity
        left = base_cost - _share(base_cost, base, taken, minor_units, rounding)
        found.append(Change(item.quantity, left - cost, free))
    return found


def _share(cost_amount: Decimal, on_hand: Decimal, taken: Decimal, minor_units: int, rounding: str) -> Decimal:
    if not taken:
        return Decimal(0)
    return cost_taken(cost_amount, on_hand, taken, minor_units=minor_units, rounding=rounding)
