"""Reads of review: the orders that wait for a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from dinghuo.kernel import sql


@dataclass(frozen=True, slots=True)
class HeldOrder:
    """An order on hold; `inputs` hold, for each of `kinds`, the figures that its rule compared last."""

    id: int
    number: str
    ordered_on: date
    customer_code: str
    name: str
    name_zh: str
    currency: str
    amount_gross: Decimal
    kinds: Sequence[str]
    inputs: Sequence[Mapping[str, Any]]
    held_since: datetime | None

    @property
    def holds(self) -> list[tuple[str, Mapping[str, Any]]]:
        """Each holding rule's kind with its figures."""
        return list(zip(self.kinds, self.inputs, strict=True))


def held_orders(*, company_id: int, after: tuple[date, int], count: int) -> list[HeldOrder]:
    """The orders on hold, the longest waiting first, after a day and id: at most `count`."""
    after_on, after_id = after
    limits = {"after_on": after_on, "after_id": after_id, "count": count}
    return sql.rows("review/held_orders", HeldOrder, company_id=company_id, **limits)


@dataclass(frozen=True, slots=True)
class PersonsDecisions:
    """How often a person decided so, for a reason; amounts are those of the orders as they are now, in company currency."""

    user_id: int | None
    username: str
    decision: str
    reason_code: str
    decisions: int
    amount_gross: Decimal


def decisions_by_person(*, company_id: int, from_on: date, until_on: date) -> list[PersonsDecisions]:
    """What each person decided about orders between two days of the company, both included."""
    days = {"from_on": from_on, "until_on": until_on}
    return sql.rows("review/decisions_by_person", PersonsDecisions, company_id=company_id, **days)


@dataclass(frozen=True, slots=True)
class TouchedOrder:
    """An order that was first released in a period; `touches` are what people did to it before, none for a touchless one."""

    order_id: int
    number: str
    released_at: datetime
    touches: Sequence[str]
    reason: str


@dataclass(frozen=True, slots=True)
class TouchlessRate:
    """How many orders were released in a period and how many by no hand; the rate is None without any order."""

    released: int
    touchless: int
    rate: Decimal | None
    touched: Sequence[TouchedOrder]


def touchless_rate(*, company_id: int, from_at: datetime, until_at: datetime) -> TouchlessRate:
    """The share of orders first released in a period, its end left out, that nobody touched, and every other with its reason."""
    rows = sql.rows("review/touches", TouchedOrder, company_id=company_id, from_at=from_at, until_at=until_at)
    touched = [row for row in rows if row.touches]
    touchless = len(rows) - len(touched)
    return TouchlessRate(len(rows), touchless, round(Decimal(touchless) / len(rows), 4) if rows else None, touched)
