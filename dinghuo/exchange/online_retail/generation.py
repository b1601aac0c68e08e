"""The plan for what an Online Retail file lacks: terms, payment, credit, cost, tax, transport, supply; all generated.

Each figure is drawn by hashing the seed, the kind of figure and the natural key it belongs to, never from a running
sequence of random numbers: a replay that was stopped and goes on draws what an undisturbed one would have drawn,
whatever the order of its calls. No float takes part. What is made from these figures is marked as generated, in the
data and in the output; `Drawn` names the kinds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from enum import StrEnum
from hashlib import blake2b
from typing import TypeVar

# 64 bits: the bias of taking a share of them by multiplication is far below what a year of orders could show.
DRAW_BYTES = 8
DRAW_RANGE = 1 << (8 * DRAW_BYTES)
PERCENT = 100

TERMS_DAYS_PERCENT = {14: 20, 30: 50, 45: 20, 60: 10}
WALK_IN_TERMS_DAYS = 0

LATE_PAYMENTS_PERCENT = 8
# How late, of the payments that are late at all.
LATE_PAYMENT_DAYS_PERCENT = {3: 40, 7: 30, 15: 20, 30: 10}

# Chosen on a year of real trade so that some 2 orders in 100 are held: see credit_limit.
CREDIT_TIMES_AVERAGE_DEBT = Decimal(3)
CREDIT_TIMES_LARGEST_ORDER = Decimal(2)
CREDIT_STEP = Decimal(100)

COST_SHARE_BASIS_POINTS = (4_500, 7_000)
BASIS_POINTS = Decimal(10_000)
COST_STEP = Decimal("0.0001")

METHODS_PERCENT = {"bank_transfer": 70, "card": 20, "cheque": 10}
WALK_IN_METHODS_PERCENT = {"card": 80, "cash": 20}

LATE_REPLENISHMENTS_PERCENT = 6
LATE_REPLENISHMENT_DAYS = (3, 10)

# A held order is looked at on the next day at the earliest.
OVERRIDE_DAYS = (1, 5)

Choice = TypeVar("Choice")


class Drawn(StrEnum):
    """The kinds of figures that are drawn, as they stand in the hash and in a replay's account of what it generated."""

    PAYMENT_TERMS = "payment_terms"
    PAYMENT_LATENESS = "payment_lateness"
    PAYMENT_DELAY = "payment_delay"
    PAYMENT_METHOD = "payment_method"
    PRODUCT_COST = "product_cost"
    DELIVERY_DAYS = "delivery_days"
    REPLENISHMENT_LATENESS = "replenishment_lateness"
    REPLENISHMENT_DELAY = "replenishment_delay"
    HOLD_OVERRIDE_DAYS = "hold_override_days"


def draw(seed: int, kind: Drawn, key: str) -> int:
    """An even draw from 0 to 2**64 - 1 that depends on nothing but its arguments."""
    return int.from_bytes(blake2b(f"{seed}|{kind}|{key}".encode(), digest_size=DRAW_BYTES).digest(), "big")


def within(seed: int, kind: Drawn, key: str, bounds: tuple[int, int]) -> int:
    """An even draw of a whole number between two bounds, both possible."""
    low, high = bounds
    return low + draw(seed, kind, key) * (high - low + 1) // DRAW_RANGE


def chance(seed: int, kind: Drawn, key: str, percent: int) -> bool:
    """Whether something that happens in so many cases of a hundred happens in this one."""
    return draw(seed, kind, key) * PERCENT < percent * DRAW_RANGE


def weighted(seed: int, kind: Drawn, key: str, percents: Mapping[Choice, int]) -> Choice:
    """A draw among choices, each with its percentage; they add up to 100."""
    # Our own tables, so a slip in them is a fault of ours and not of the file.
    assert sum(percents.values()) == PERCENT
    left = draw(seed, kind, key) * PERCENT // DRAW_RANGE
    for choice, percent in percents.items():
        left -= percent
        if left < 0:
            return choice
    raise AssertionError(percents)


def payment_terms_days(seed: int, customer: str, *, walk_in: bool) -> int:
    """A customer's days to pay: 14 (20 in 100 customers), 30 (50), 45 (20), 60 (10); a walk-in account pays at once."""
    return WALK_IN_TERMS_DAYS if walk_in else weighted(seed, Drawn.PAYMENT_TERMS, customer, TERMS_DAYS_PERCENT)


def payment_late_days(seed: int, document: str, *, walk_in: bool) -> int:
    """How many days after its due date a document is paid: 0 for 92 in 100, else 3, 7, 15 or 30.

    Of the late ones 40 in 100 are 3 days late, 30 are 7, 20 are 15 and 10 are 30. A walk-in account is never late.
    """
    if walk_in or not chance(seed, Drawn.PAYMENT_LATENESS, document, LATE_PAYMENTS_PERCENT):
        return 0
    return weighted(seed, Drawn.PAYMENT_DELAY, document, LATE_PAYMENT_DAYS_PERCENT)


def payment_method(seed: int, customer: str, *, walk_in: bool) -> str:
    """How a customer pays: bank transfer (70 in 100), card (20), cheque (10); a walk-in: card (80), cash (20)."""
    percents = WALK_IN_METHODS_PERCENT if walk_in else METHODS_PERCENT
    return weighted(seed, Drawn.PAYMENT_METHOD, customer, percents)


def credit_limit(*, turnover: Decimal, largest_order: Decimal, terms_days: int, file_days: int) -> Decimal:
    """A customer's credit limit, in the file's currency, from what the file says it buys; not drawn.

    Three times what it owes on average (turnover by day times days to pay), but at least twice its largest order,
    rounded up to a full 100. On the year of real trade that this was tried on, 2.2 in 100 orders then meet their
    limit: those that come in clusters. `turnover` and `largest_order` are gross, of the sold lines; a customer
    without sales gets 0.
    """
    owed_on_average = turnover * terms_days / max(file_days, 1)
    limit = max(CREDIT_TIMES_AVERAGE_DEBT * owed_on_average, CREDIT_TIMES_LARGEST_ORDER * largest_order, Decimal(0))
    return (limit / CREDIT_STEP).to_integral_value(ROUND_CEILING) * CREDIT_STEP


def product_cost(seed: int, product: str, *, median_price: Decimal) -> Decimal:
    """What a piece costs the wholesaler: evenly 45.00 to 70.00 percent of its median price, half up to 4 decimals."""
    share = within(seed, Drawn.PRODUCT_COST, product, COST_SHARE_BASIS_POINTS) / BASIS_POINTS
    return (median_price * share).quantize(COST_STEP, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Destination:
    """What is assumed of a country: how sales to it are taxed, and the fewest and most days to deliver."""

    tax: str
    delivery_days: tuple[int, int]


# The file does not tell its taxes: these rates are assumed for each of its days.
TAX_PERCENT = {"standard": Decimal(20), "reverse_charge": Decimal(0), "export": Decimal(0)}

HOME = Destination("standard", (1, 3))
NEAR_UNION = Destination("reverse_charge", (2, 4))
UNION = Destination("reverse_charge", (3, 6))
NEAR_ABROAD = Destination("export", (2, 5))
OVERSEAS = Destination("export", (5, 12))

# The members of the European Union in the years of the files, by the files' own names. A line without a country is
# taken as a home sale.
DESTINATIONS: Mapping[str, Destination] = {
    "United Kingdom": HOME,
    "Unspecified": HOME,
    "": HOME,
    "EIRE": NEAR_UNION,
    "France": NEAR_UNION,
    "Belgium": NEAR_UNION,
    "Netherlands": NEAR_UNION,
    "Germany": NEAR_UNION,
    **dict.fromkeys(
        ("Austria", "Bulgaria", "Cyprus", "Czech Republic", "Denmark", "Estonia", "European Community", "Finland"),
        UNION,
    ),
    **dict.fromkeys(("Greece", "Hungary", "Italy", "Latvia", "Lithuania", "Luxembourg", "Malta", "Poland"), UNION),
    **dict.fromkeys(("Portugal", "Romania", "Slovakia", "Slovenia", "Spain", "Sweden"), UNION),
    "Channel Islands": NEAR_ABROAD,
    "Iceland": NEAR_ABROAD,
    "Norway": NEAR_ABROAD,
    "Switzerland": NEAR_ABROAD,
}


def destination(country: str) -> Destination:
    """What is assumed of a country; one that the table does not name is overseas: an export, 5 to 12 days away."""
    return DESTINATIONS.get(country, OVERSEAS)


def tax_percent(country: str) -> Decimal:
    """The tax on a sale to a country: 20 percent at home, 0 in the Union (the buyer accounts for it), 0 on exports."""
    return TAX_PERCENT[destination(country).tax]


def delivery_days(seed: int, document: str, country: str) -> int:
    """Days from dispatch to delivery, evenly: 1-3 at home, 2-4 or 3-6 in the Union, 2-5 beside, 5-12 overseas."""
    return within(seed, Drawn.DELIVERY_DAYS, document, destination(country).delivery_days)


def replenishment_late_days(seed: int, replenishment: str) -> int:
    """How many days late a replenishment arrives: 0 for 94 in 100, else evenly 3 to 10; key: product and due day."""
    if not chance(seed, Drawn.REPLENISHMENT_LATENESS, replenishment, LATE_REPLENISHMENTS_PERCENT):
        return 0
    return within(seed, Drawn.REPLENISHMENT_DELAY, replenishment, LATE_REPLENISHMENT_DAYS)


def override_after_days(seed: int, document: str) -> int:
    """How many days a held order waits until a reviewer overrides its hold: 1 to 5, evenly drawn."""
    return within(seed, Drawn.HOLD_OVERRIDE_DAYS, document, OVERRIDE_DAYS)
