"""Document numbers: one counter for each series and year of a company, taken under its row lock and so without gaps.

The counter comes first in the order of locks. A number belongs to the transaction that took it: rolled back, it is free again.
"""

from dataclasses import dataclass

from dinghuo.kernel import sql


@dataclass(frozen=True, slots=True)
class Taken:
    """The first of the numbers taken."""

    first_number: int


def take(*, company_id: int, series: str, year: int, count: int) -> int:
    """Take `count` consecutive numbers and return the first; the counter stays locked until the transaction ends."""
    assert count > 0, "take at least one number"
    (taken,) = sql.rows("kernel/take_numbers", Taken, company_id=company_id, series=series, year=year, count=count)
    return taken.first_number


def written(prefix: str, year: int, number: int) -> str:
    """A number as people read it: `SO2026-000017`. SQL writes `prefix || year || '-' || lpad(number::text, 6, '0')` alike."""
    return f"{prefix}{year}-{number:06d}"
