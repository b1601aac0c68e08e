"""What customers owed on any day, now or past, by how long it was overdue then, and the documents behind each figure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal

from dinghuo.kernel import sql
from dinghuo.reference.paging import ID_MAX

# The ages of a debt: a name, and from how many days to how many days it is overdue. Rule: docs/rules/finance.md.
AGES = {"current": (-99_999, 0), "1-30": (1, 30), "31-60": (31, 60), "61-90": (61, 90), "over-90": (91, 99_999)}
# What we owe them: credit notes, and money that settles nothing yet.
CREDIT, UNAPPLIED = "credit_notes", "unapplied"
COLUMNS = (*AGES, CREDIT, UNAPPLIED)
DAY_MIN, DAY_MAX = date(1900, 1, 1), date(9000, 1, 1)


@dataclass(frozen=True, slots=True)
class Aged:
    """What a customer owed at the end of a day by how long it was overdue; balance = the five ages - credit - unapplied.

    The balance is what the receivables account of the ledger held for the customer that day.
    """

    customer_id: int
    code: str
    name: str
    name_zh: str
    current: Decimal
    days_1_to_30: Decimal
    days_31_to_60: Decimal
    days_61_to_90: Decimal
    days_over_90: Decimal
    credit: Decimal
    unapplied: Decimal
    balance: Decimal

    @property
    def cells(self) -> list[tuple[str, Decimal]]:
        """Each column's name with its amount, in the order in which people read them."""
        return list(zip(COLUMNS, amounts_of(self), strict=True))


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A document or payment with what was open of it at the end of a day; credit notes and payments are negative.

    A payment is due on the day it came.
    """

    kind: str
    document_id: int
    number: str
    customer_id: int
    customer_code: str
    name: str
    name_zh: str
    issued_on: date
    due_on: date
    currency: str
    amount: Decimal
    open_amount: Decimal


@dataclass(frozen=True, slots=True)
class ItemsWanted:
    """Which items to list: those of one column of the ageing, or all documents; `after` is where the page before ended."""

    on: date
    column: str = ""
    customer_ids: Sequence[int] | None = None
    after: tuple[date, int] = (date.min, 0)


def amounts_of(row: Aged) -> list[Decimal]:
    """A row's amounts in the order of the columns."""
    by_name = {field.name: getattr(row, field.name) for field in fields(row)}
    return [*(by_name[name] for name in AGE_FIELDS), row.credit, row.unapplied]


AGE_FIELDS = ("current", "days_1_to_30", "days_31_to_60", "days_61_to_90", "days_over_90")


def aged_receivables(*, company_id: int, on: date, customer_ids: Sequence[int] | None = None) -> list[Aged]:
    """What each customer owed at the end of a day, past days as they were then; none named: all who owed or were owed.

    One statement; equal to the receivables account of that day, customer by customer. Rule: docs/rules/finance.md.
    """
    keys = None if customer_ids is None else list(customer_ids)
    return sql.rows("finance/receivables_as_of", Aged, company_id=company_id, day=on, customer_ids=keys)


def summed(rows: Iterable[Aged]) -> dict[str, Decimal]:
    """The sum of each column, by its name, and of the balance."""
    sums = dict.fromkeys((*COLUMNS, "balance"), Decimal(0))
    for row in rows:
        for column, amount in row.cells:
            sums[column] += amount
        sums["balance"] += row.balance
    return sums


def open_items(*, company_id: int, wanted: ItemsWanted, count: int) -> list[OpenItem]:
    """The documents behind a figure of the ageing, the longest due first."""
    due_from, due_until = due_between(wanted.column, wanted.on)
    after_due, after_place = wanted.after
    return sql.rows(
        "finance/open_items_as_of",
        OpenItem,
        company_id=company_id,
        day=wanted.on,
        customer_ids=None if wanted.customer_ids is None else list(wanted.customer_ids),
        kinds=kinds_of(wanted.column),
        due_from=due_from,
        due_until=due_until,
        after_due=after_due,
        after_place=min(after_place, ID_MAX),
        count=count,
    )


def kinds_of(column: str) -> list[str]:
    """Which kinds of items a column sums; without one, the documents."""
    if column == UNAPPLIED:
        return ["payment"]
    if column == CREDIT:
        return ["credit_note"]
    return ["invoice"] if column in AGES else ["invoice", "credit_note"]


def due_between(age: str, on: date) -> tuple[date, date]:
    """The due days that an age stands for; all of them without one, those past for `overdue`."""
    if age == "overdue":
        return DAY_MIN, on - timedelta(days=1)
    if age not in AGES:
        return DAY_MIN, DAY_MAX
    least, most = AGES[age]
    return max(on - timedelta(days=most), DAY_MIN), min(on - timedelta(days=least), DAY_MAX)
