"""What each kind of review rule compares, as pure functions; their findings say enough to run them again.

Rule: docs/rules/review.md. A kind takes the facts of an order and its own parameters and returns a finding; credit also takes what
orders released before it in the same run have used up.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

PASSED = "pass"


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What the rules look at; amounts in company currency, exposure without the order itself."""

    order_id: int
    number: str
    version: int
    customer_id: int
    amount_gross: Decimal
    customer_blocked: bool
    credit_limit: Decimal | None
    open_orders: Decimal
    open_receivables: Decimal
    unapplied_payments: Decimal
    lines: int
    blocked_products: int
    largest_quantity: Decimal
    largest_deviation: Decimal
    deviating_line: int | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: whether it was broken, and the figures it compared (JSON-ready, decimals as strings)."""

    is_breach: bool
    inputs: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of rule: its function, and the parameters and severity it is installed with."""

    judge: Callable[[OrderFacts, Mapping[str, Any], Decimal], Finding]
    parameters: Mapping[str, Any]
    severity: str


def customer_is_active(facts: OrderFacts, _parameters: Mapping[str, Any], _used: Decimal) -> Finding:
    """A blocked customer's order waits."""
    return Finding(facts.customer_blocked, {"blocked": facts.customer_blocked})


def products_are_active(facts: OrderFacts, _parameters: Mapping[str, Any], _used: Decimal) -> Finding:
    """Every product may be sold."""
    return Finding(facts.blocked_products > 0, {"blocked_products": facts.blocked_products, "lines": facts.lines})


def quantities_are_plausible(facts: OrderFacts, parameters: Mapping[str, Any], _used: Decimal) -> Finding:
    """No line asks for more than `quantity_max` stock units: beyond it, a zero too many is likelier than a sale."""
    limit = Decimal(str(parameters["quantity_max"]))
    return Finding(facts.largest_quantity > limit, {"largest_quantity": str(facts.largest_quantity), "quantity_max": str(limit)})


def prices_are_agreed(facts: OrderFacts, parameters: Mapping[str, Any], _used: Decimal) -> Finding:
    """No price differs from the agreed one by more than the share `deviation_max` (0.05 is 5 %)."""
    limit = Decimal(str(parameters["deviation_max"]))
    inputs = {
        "deviation": str(facts.largest_deviation),
        "deviation_max": str(limit),
        "line": facts.deviating_line,
    }
    return Finding(facts.largest_deviation > limit, inputs)


def credit_is_enough(facts: OrderFacts, _parameters: Mapping[str, Any], used: Decimal) -> Finding:
    """Exposure and this order stay within the customer's limit; no limit means that credit is not checked."""
    exposure = facts.open_orders + facts.open_receivables - facts.unapplied_payments + used
    total = exposure + facts.amount_gross
    inputs = {
        "open_orders": str(facts.open_orders + used),
        "open_receivables": str(facts.open_receivables),
        "unapplied_payments": str(facts.unapplied_payments),
        "exposure": str(exposure),
        "order": str(facts.amount_gross),
        "total": str(total),
        "credit_limit": None if facts.credit_limit is None else str(facts.credit_limit),
    }
    return Finding(facts.credit_limit is not None and total > facts.credit_limit, inputs)


KINDS: Mapping[str, Kind] = {
    "customer": Kind(customer_is_active, {}, "hold"),
    "products": Kind(products_are_active, {}, "hold"),
    "quantities": Kind(quantities_are_plausible, {"quantity_max": "100000"}, "hold"),
    "prices": Kind(prices_are_agreed, {"deviation_max": "0.50"}, "warn"),
    "credit": Kind(credit_is_enough, {}, "hold"),
}


def outcome_of(severities: set[str]) -> str:
    """The state that breaches of these severities lead an order to: the gravest decides."""
    if "reject" in severities:
        return "rejected"
    return "held" if "hold" in severities else "released"
