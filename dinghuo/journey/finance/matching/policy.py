"""The points and bounds that lines are matched by: data, kept in versions, with these as the first."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal, InvalidOperation
from typing import Any

POINTS_MAX = 1_000
ITEMS_MAX = 24


@dataclass(frozen=True, slots=True)
class Policy:
    """What each piece of evidence is worth, and what a match needs. Rules: docs/rules/matching.md.

    A choice of `threshold` points or more is matched without a hand if no other comes within `margin` of it; from `suggest` points
    on it is shown to a person. `fee_max` is in company currency.
    """

    reference: int = 60
    reference_near: int = 40
    reference_short: int = 40
    payer_account: int = 45
    payer_name: int = 40
    payer_near: int = 20
    amount: int = 40
    discount: int = 25
    fee: int = 20
    other_payer: int = -20
    left_out: int = -40
    paid_already: int = -60
    threshold: int = 80
    margin: int = 20
    suggest: int = 20
    discount_rates: tuple[Decimal, ...] = field(default=(Decimal("0.02"), Decimal("0.03")))
    fee_max: Decimal = Decimal(25)
    combination_items: int = ITEMS_MAX
    chance_max: Decimal = Decimal("0.02")
    version: int = 0


def policy_of(settings: Mapping[str, Any], version: int = 0) -> Policy:
    """A policy from its stored settings; what they do not name is as in the first. Raises ValueError in words."""
    known = {each.name for each in fields(Policy)} - {"version"}
    unknown = sorted(set(settings) - known)
    if unknown:
        raise ValueError(f"a match policy has no setting named {unknown[0]}")
    try:
        values = {name: read(name, value) for name, value in settings.items()}
    except (InvalidOperation, TypeError) as fault:
        raise ValueError("the settings of a match policy are whole numbers, decimals as texts, and a list of rates") from fault
    return Policy(**values, version=version)


def read(name: str, value: Any) -> Any:
    """A setting in the type that it has; raises ValueError in words."""
    if name == "discount_rates":
        if not isinstance(value, list) or not all(0 < Decimal(str(rate)) < 1 for rate in value):
            raise ValueError("discount_rates are fractions between 0 and 1")
        return tuple(Decimal(str(rate)) for rate in value)
    if name in {"fee_max", "chance_max"}:
        number = Decimal(str(value))
        if not number.is_finite() or number < 0:
            raise ValueError(f"{name} is not negative")
        return number
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > POINTS_MAX:
        raise ValueError(f"{name} is a whole number of at most {POINTS_MAX}")
    if name == "combination_items" and not 0 <= value <= ITEMS_MAX:
        raise ValueError(f"combination_items lies between 0 and {ITEMS_MAX}: beyond it the search would not be exact in time")
    return value
