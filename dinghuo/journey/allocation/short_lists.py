"""What the pages of short lines show: what was proposed, asked and answered, who waits for what, who gave to whom."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from dinghuo.kernel import sql


@dataclass(frozen=True, slots=True)
class ShortRow:
    """A line that is short, in stock units, with what its customer was asked and said; `name` is the customer's."""

    id: int
    line_id: int
    order_id: int
    order_number: str
    position: int
    customer: str
    customer_class: str
    name: str
    name_zh: str
    product_id: int
    product: str
    product_name: str
    product_name_zh: str
    unit: str
    ordered: Decimal
    allocated: Decimal
    missing: Decimal
    opened_at: datetime
    requested_on: date | None
    promised_on: date | None
    question: str | None
    asked_at: datetime | None
    choice: str | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class ShownProposal:
    """One way to deal with a short line; quantities are in stock units."""

    id: int
    shortage_id: int
    kind: str
    rank: int
    quantity: Decimal
    expected_on: date | None
    warehouse: str
    product: str
    product_name: str
    product_name_zh: str
    keeps_price: bool
    state: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class PegRow:
    """A waiting line that counts on goods on their way in, in stock units; `name` is the product's."""

    id: int
    inbound_id: int
    reference: str
    expected_on: date
    warehouse: str
    due: Decimal
    product_id: int
    product: str
    name: str
    name_zh: str
    unit: str
    order_id: int
    order_number: str
    line_id: int
    position: int
    customer: str
    quantity: Decimal
    promised_on: date | None


@dataclass(frozen=True, slots=True)
class SubstitutedRow:
    """A product and the codes of what may come in its place, the first rank first."""

    id: int
    code: str
    name: str
    name_zh: str
    substitutes: list[str]


@dataclass(frozen=True, slots=True)
class SwapRow:
    """Units that somebody took from another line, in stock units."""

    id: int
    order_id: int
    order_number: str
    position: int
    customer: str
    quantity: Decimal
    reason: str
    made_at: datetime
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class ShortSearch:
    """Which short lines a list shows, and where the page before ended."""

    wanted: str = ""
    only_id: int | None = None
    is_asked: bool | None = None
    after: int = 0


def short_rows(*, company_id: int, search: ShortSearch, count: int) -> list[ShortRow]:
    """The lines that are short, the oldest first."""
    return sql.rows(
        "allocation/shortages_page",
        ShortRow,
        company_id=company_id,
        wanted=search.wanted,
        only_id=search.only_id,
        is_asked=search.is_asked,
        after=search.after,
        count=count,
    )


def proposals_of(*, company_id: int, shortage_ids: Sequence[int]) -> Mapping[int, list[ShownProposal]]:
    """What is proposed, or was accepted, by shortage; each by rank."""
    found: dict[int, list[ShownProposal]] = defaultdict(list)
    for row in sql.rows("allocation/proposals_shown", ShownProposal, company_id=company_id, shortage_ids=list(shortage_ids)):
        found[row.shortage_id].append(row)
    return found


def pegs(*, company_id: int, wanted: str, after: tuple[date, int], count: int) -> list[PegRow]:
    """Which lines wait for which goods on their way in, the first to come first."""
    return sql.rows(
        "allocation/pegs_page", PegRow, company_id=company_id, wanted=wanted, after_on=after[0], after_id=after[1], count=count
    )


def substituted(*, company_id: int, wanted: str, after: str, count: int) -> list[SubstitutedRow]:
    """The products that have substitutes, by code."""
    return sql.rows("allocation/substitutes_page", SubstitutedRow, company_id=company_id, wanted=wanted, after=after, count=count)


def swaps(*, company_id: int, line_id: int) -> list[SwapRow]:
    """What people took from other lines for a line, the newest first."""
    return sql.rows("allocation/swaps_of_line", SwapRow, company_id=company_id, line_id=line_id)
