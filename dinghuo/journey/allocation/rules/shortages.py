"""Which ways there are to deal with a short line, and in which order they are proposed. Rule: docs/rules/shortages.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

TRANSFER_DAYS = 1
QUESTION_DAYS = 7

KINDS = ("wait", "transfer", "substitute", "buy", "split", "cancel_rest")


@dataclass(frozen=True, slots=True)
class ShortLine:
    """A line that waits for stock: what is missing of what was ordered, and what is known of its supply.

    `pegged` units are expected by `pegged_on`. Quantities are in stock units.
    """

    shortage_id: int
    order_line_id: int
    order_id: int
    customer_id: int
    warehouse_id: int
    product_id: int
    ordered: Decimal
    allocated: Decimal
    missing: Decimal
    lead_time_days: int | None
    pegged: Decimal
    pegged_on: date | None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Free stock of a short line's product in another warehouse."""

    shortage_id: int
    warehouse_id: int
    free: Decimal


@dataclass(frozen=True, slots=True)
class Alternative:
    """A product that may come in place of a short line's, and what of it is free."""

    shortage_id: int
    product_id: int
    rank: int
    keeps_price: bool
    free: Decimal


@dataclass(frozen=True, slots=True)
class Proposal:
    """One way to deal with a short line."""

    shortage_id: int
    kind: str
    quantity: Decimal
    expected_on: date | None = None
    warehouse_id: int | None = None
    product_id: int | None = None
    keeps_price: bool = True


def proposals(line: ShortLine, elsewhere: Sequence[Elsewhere], alternatives: Sequence[Alternative], today: date) -> list[Proposal]:
    """The ways to deal with a short line, the best first.

    What fills all of it comes before what fills a part, the earlier day before the later, and the kinds in their order, substitutes
    by their rank. To split and to cancel the rest fill nothing and come last.
    """
    found = []
    if line.pegged > 0:
        found.append(Proposal(line.shortage_id, "wait", min(line.pegged, line.missing), line.pegged_on))
    found += [
        Proposal(
            line.shortage_id, "transfer", min(place.free, line.missing), today + timedelta(days=TRANSFER_DAYS), place.warehouse_id
        )
        for place in elsewhere
    ]
    found += [
        Proposal(
            line.shortage_id,
            "substitute",
            min(other.free, line.missing),
            today,
            product_id=other.product_id,
            keeps_price=other.keeps_price,
        )
        for other in sorted(alternatives, key=lambda other: other.rank)
    ]
    uncovered = line.missing - min(line.pegged, line.missing)
    if uncovered:
        arrives = None if line.lead_time_days is None else today + timedelta(days=line.lead_time_days)
        found.append(Proposal(line.shortage_id, "buy", uncovered, arrives, line.warehouse_id))
    found.sort(key=lambda each: (each.quantity < line.missing, each.expected_on or date.max, KINDS.index(each.kind)))
    if line.allocated > 0:
        found.append(Proposal(line.shortage_id, "split", line.missing))
    found.append(Proposal(line.shortage_id, "cancel_rest", line.missing))
    return found
