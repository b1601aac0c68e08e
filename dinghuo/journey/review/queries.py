"""Reads about reviewing itself: what people decided, and how often nobody had to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from dinghuo.kernel import sql


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
class TouchlessPeriod:
    """How many orders were first released in a period that begins on a day, and how many of them by no hand."""

    from_on: date
    released: int
    touchless: int

    @property
    def rate(self) -> Decimal:
        """The touchless share, to four decimals."""
        return round(Decimal(self.touchless) / self.released, 4)


@dataclass(frozen=True, slots=True)
class TouchedOrder:
    """An order that people touched before its first release; a touch is the kind of its event, with reason code and words."""

    id: int
    number: str
    customer_code: str
    name: str
    name_zh: str
    released_at: datetime
    touches: Sequence[str]
    reason_codes: Sequence[str]
    reasons: Sequence[str]

    @property
    def told(self) -> list[tuple[str, str, str]]:
        """Each touch with its reason code and words, in order."""
        return list(zip(self.touches, self.reason_codes, self.reasons, strict=True))


def touchless_periods(*, company_id: int, from_on: date, until_on: date, step: str) -> list[TouchlessPeriod]:
    """The orders first released between two days of the company, both included, by `step` of day, week or month.

    An order is touchless if no person changed, approved, questioned, held or released it after it was submitted.
    """
    days = {"from_on": from_on, "until_on": until_on, "step": step}
    return sql.rows("review/touchless_periods", TouchlessPeriod, company_id=company_id, **days)


def touched_orders(*, company_id: int, from_on: date, until_on: date, after_id: int, count: int) -> list[TouchedOrder]:
    """The orders first released between two days that people touched before, by id after one: at most `count`."""
    asked = {"from_on": from_on, "until_on": until_on, "after_id": after_id, "count": count}
    return sql.rows("review/touched_orders", TouchedOrder, company_id=company_id, **asked)
