"""What the pages of runs show beside the API: the changed lines as people search them, sums by class, what overtook a run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from dinghuo.journey.allocation.rules.problem import Reason
from dinghuo.kernel import sql
from dinghuo.reference.paging import ID_MAX

# The orders in which people look at what a run changes: by which number, and which end of it first.
SORTS: Final = {"loss": ("amount", 1), "gain": ("amount", -1), "units": ("units", 1), "day": ("day", 1), "line": ("line", 1)}


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line that a run changes, in stock units; the amount is net, in company currency."""

    id: int
    order_id: int
    order_number: str
    position: int
    customer: str
    customer_class: str
    name: str
    name_zh: str
    product: str
    wanted: Decimal
    had: Decimal
    given: Decimal
    change: Decimal
    amount: Decimal
    requested_on: date | None
    reason: int
    sort_key: Decimal

    @property
    def reason_code(self) -> str:
        """Why the line got no more, as a code."""
        return Reason(self.reason).name.lower()

    @property
    def cursor(self) -> str:
        """Where a page that ends with this line ended."""
        return f"{self.sort_key}_{self.id}"


@dataclass(frozen=True, slots=True)
class LineSearch:
    """Which of the changed lines, in which order, and where the page before ended."""

    which: str = "all"
    customer_class: str = ""
    wanted: str = ""
    sort: str = "loss"
    after: str = ""


@dataclass(frozen=True, slots=True)
class ClassChanged:
    """What a run changes for a class of customers; promises are lines that are served in full."""

    customer_class: str
    lines_gaining: int
    lines_losing: int
    units_gained: Decimal
    units_lost: Decimal
    amount_gained: Decimal
    amount_lost: Decimal
    promises_won: int
    promises_lost: int


@dataclass(frozen=True, slots=True)
class ProductChanged:
    """What became of a product since a run was computed, in stock units; all is zero where a line or an order changed alone."""

    id: int
    code: str
    name: str
    name_zh: str
    stock_moved: Decimal
    given: Decimal
    lines_ordered: int


def shown_lines(*, company_id: int, run_id: int, search: LineSearch, count: int) -> list[ShownLine]:
    """The lines that a run changes, searched and sorted: at most `count`."""
    sort, direction = SORTS.get(search.sort, SORTS["loss"])
    after_key, after_id = read_cursor(search.after)
    return sql.rows(
        "allocation/changed_lines_page",
        ShownLine,
        company_id=company_id,
        run_id=run_id,
        which=search.which,
        customer_class=search.customer_class,
        wanted=search.wanted,
        sort=sort,
        direction=direction,
        after_key=after_key,
        after_id=after_id,
        count=count,
    )


def changed_classes(*, company_id: int, run_id: int) -> list[ClassChanged]:
    """What a run changes by class of customer."""
    return sql.rows("allocation/run_by_class", ClassChanged, company_id=company_id, run_id=run_id)


def changes_since(*, company_id: int, codes: Sequence[str], since: datetime) -> list[ProductChanged]:
    """What became of products since a moment."""
    return sql.rows("allocation/changes_since_run", ProductChanged, company_id=company_id, product_codes=list(codes), since=since)


def read_cursor(text: str) -> tuple[Decimal | None, int]:
    """Where to go on in a list that is sorted by a number; from the start when the text is no cursor."""
    key, _, after = text.partition("_")
    try:
        number = Decimal(key)
    except InvalidOperation:
        return None, 0
    is_cursor = number.is_finite() and len(key) < 40 and after.isascii() and after.isdigit() and int(after) <= ID_MAX
    return (number, int(after)) if is_cursor else (None, 0)
