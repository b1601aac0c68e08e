"""The figures of a period: what was sold, to whom, how well it was served, how fast it became money, what is still owed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from dinghuo.kernel import sql

TOP: Final = 10


@dataclass(frozen=True, slots=True)
class Invoiced:
    """What was billed and credited in a month, or to a customer: net, in company currency."""

    month: date | None
    customer_id: int | None
    code: str
    name: str
    name_zh: str
    invoiced: Decimal
    credited: Decimal
    documents: int

    @property
    def net(self) -> Decimal:
        """What is left of the billed amount after credit notes."""
        return self.invoiced + self.credited


@dataclass(frozen=True, slots=True)
class ProductSold:
    """What was ordered of a product: stock units, and net in company currency."""

    product_id: int
    code: str
    name: str
    name_zh: str
    unit: str
    ordered: Decimal
    amount_net: Decimal


@dataclass(frozen=True, slots=True)
class Served:
    """The lines that a month's orders asked for; `lines_waited` could not be served whole at the first try."""

    month: date
    lines: int
    lines_waited: int

    @property
    def fill_rate(self) -> Decimal:
        """The share of lines that were served whole at the first try, as a fraction."""
        return Decimal(self.lines - self.lines_waited) / self.lines if self.lines else Decimal(1)


@dataclass(frozen=True, slots=True)
class OrderToCash:
    """Days from order to the last money, over the invoices of a month that are settled; `month` is null for the period."""

    month: date | None
    invoices: int
    days_median: Decimal | None
    days_ninth: Decimal | None


@dataclass(frozen=True, slots=True)
class Age:
    """What is owed and has been due for so long, in company currency."""

    age: str
    documents: int
    open_amount: Decimal


@dataclass(frozen=True, slots=True)
class NewestDay:
    """The day of the newest order."""

    ordered_on: date


def newest_order_day(*, company_id: int) -> date | None:
    """The day of the newest order, None before the first."""
    found = sql.rows("analytics/newest_order_day", NewestDay, company_id=company_id)
    return found[0].ordered_on if found else None


def invoiced(*, company_id: int, issued_from: date, issued_until: date) -> tuple[Sequence[Invoiced], Sequence[Invoiced]]:
    """What was billed and credited by month, and to the ten largest customers."""
    days = {"issued_from": issued_from, "issued_until": issued_until}
    found = sql.rows("analytics/invoiced", Invoiced, company_id=company_id, count=TOP, **days)
    return [row for row in found if row.month], [row for row in found if row.customer_id]


def products_sold(*, company_id: int, ordered_from: date, ordered_until: date) -> list[ProductSold]:
    """The ten products that a period's orders brought most for."""
    days = {"ordered_from": ordered_from, "ordered_until": ordered_until}
    return sql.rows("analytics/products_sold", ProductSold, company_id=company_id, count=TOP, **days)


def lines_served(*, company_id: int, ordered_from: date, ordered_until: date) -> list[Served]:
    """How many lines a period's orders asked for and how many had to wait, by month."""
    days = {"ordered_from": ordered_from, "ordered_until": ordered_until}
    return sql.rows("analytics/lines_served", Served, company_id=company_id, **days)


def order_to_cash(*, company_id: int, issued_from: date, issued_until: date) -> tuple[Sequence[OrderToCash], OrderToCash | None]:
    """Days from order to money by month, and over the whole period if anything was settled."""
    days = {"issued_from": issued_from, "issued_until": issued_until}
    found = sql.rows("analytics/order_to_cash", OrderToCash, company_id=company_id, **days)
    whole = next((row for row in found if row.month is None and row.invoices), None)
    return [row for row in found if row.month], whole


def receivable_ages(*, company_id: int, on_day: date) -> list[Age]:
    """What is owed by how long it has been due, the youngest first."""
    return sql.rows("analytics/receivable_ages", Age, company_id=company_id, on_day=on_day)
