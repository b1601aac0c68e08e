"""What the pages of stock show: levels, moves, supplies, holds, lots that expire, and the days that lines are promised."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from dinghuo.journey.allocation.rules.keeping import TRANSIT_CODE
from dinghuo.kernel import sql
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.paging import ID_MAX

DAY_MIN: Final = date(1, 1, 1)
# How far back the pace at which a product leaves is looked at: docs/rules/stock.md.
PACE_DAYS: Final = 90


@dataclass(frozen=True, slots=True)
class StockRow:
    """What lies in one warehouse of one product and lot, in stock units; `available` is on hand and nobody's yet.

    `in_transit` and `expected` are on their way to the warehouse; they stand at the first of its levels of the product.
    """

    id: int
    product_id: int
    product_code: str
    name: str
    name_zh: str
    unit: str
    warehouse_id: int
    warehouse_code: str
    lot_code: str
    expires_on: date | None
    on_hand: Decimal
    allocated: Decimal
    held: Decimal
    set_aside: Decimal
    available: Decimal
    in_transit: Decimal
    expected: Decimal
    safety_quantity: Decimal
    reorder_level: Decimal
    is_low: bool
    cost_amount: Decimal


@dataclass(frozen=True, slots=True)
class StockSearch:
    """Which stock a list shows, and where the page before ended."""

    wanted: str = ""
    lot: str = ""
    warehouse_id: int | None = None
    product_ids: list[int] | None = None
    expires_by: date | None = None
    state: str = ""
    after_code: str = ""
    after_id: int = 0


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """What lay in one warehouse of one product and lot at the end of a day, in stock units, and what it cost."""

    id: int
    product_id: int
    product_code: str
    name: str
    name_zh: str
    unit: str
    warehouse_code: str
    lot_code: str
    on_hand: Decimal
    cost_amount: Decimal


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A move of a product, and what there was of it in all afterwards, in stock units."""

    id: int
    moved_on: date
    recorded_at: datetime
    kind: str
    number: str
    reason: str
    warehouse_code: str
    lot_code: str
    quantity: Decimal
    cost_amount: Decimal
    balance: Decimal
    order_id: int | None
    order_number: str | None


@dataclass(frozen=True, slots=True)
class DayBalance:
    """What there was of a product in all at the end of a day, in stock units."""

    day: date
    balance: Decimal


@dataclass(frozen=True, slots=True)
class AllocationRow:
    """Stock that an order line was given and that has not left yet, in stock units."""

    id: int
    order_id: int
    order_number: str
    position: int
    name: str
    name_zh: str
    warehouse_code: str
    lot_code: str
    quantity: Decimal
    allocated_at: datetime


@dataclass(frozen=True, slots=True)
class SupplyRow:
    """Goods on their way in, in stock units; `lines` is how many waiting lines count on them."""

    id: int
    warehouse_id: int
    warehouse_code: str
    product_id: int
    product_code: str
    name: str
    name_zh: str
    unit: str
    keeps_lots: bool
    reference: str
    quantity: Decimal
    received: Decimal
    unit_cost: Decimal
    expected_on: date
    transfer_id: int | None
    lines: int

    @property
    def due(self) -> Decimal:
        """What has not come yet."""
        return self.quantity - self.received


@dataclass(frozen=True, slots=True)
class SupplySearch:
    """Which supplies a list shows, and where the page before ended."""

    wanted: str = ""
    warehouse_id: int | None = None
    product_id: int | None = None
    only_id: int | None = None
    only_open: bool = True
    after: tuple[date, int] = (DAY_MIN, 0)


@dataclass(frozen=True, slots=True)
class HoldRow:
    """Stock kept for somebody, in stock units."""

    id: int
    kind: str
    name: str
    name_zh: str
    warehouse_code: str
    product_id: int
    product_code: str
    quantity: Decimal
    state: str
    note: str
    held_at: datetime
    expires_at: datetime
    order_id: int | None
    order_number: str | None


@dataclass(frozen=True, slots=True)
class ExpiringRow:
    """Stock of a lot that expires, in stock units; `sold` is what left for customers from there in the last 90 days."""

    id: int
    product_id: int
    product_code: str
    name: str
    name_zh: str
    unit: str
    warehouse_id: int
    warehouse_code: str
    lot_code: str
    expires_on: date
    on_hand: Decimal
    available: Decimal
    sold: Decimal
    cost_amount: Decimal
    wanting_id: int | None
    wanting_code: str | None
    wanting: Decimal


@dataclass(frozen=True, slots=True)
class PromisedRow:
    """The day that a waiting line is promised, None when none is known."""

    line_id: int
    order_id: int
    order_number: str
    position: int
    name: str
    name_zh: str
    wanted: Decimal
    promised_on: date | None


def stock(*, company_id: int, search: StockSearch, count: int) -> list[StockRow]:
    """Stock by product, warehouse and lot: at most `count` levels."""
    return sql.rows(
        "allocation/stock_page",
        StockRow,
        company_id=company_id,
        product_ids=search.product_ids,
        expires_by=search.expires_by,
        state=search.state,
        count=count,
        **_of(search),
    )


def stock_on(*, company_id: int, search: StockSearch, balance_on: date, count: int) -> list[BalanceRow]:
    """What lay there at the end of a day, by product, warehouse and lot: at most `count` levels."""
    return sql.rows("allocation/stock_on_day", BalanceRow, company_id=company_id, balance_on=balance_on, count=count, **_of(search))


def _of(search: StockSearch) -> dict[str, Any]:
    return {
        "wanted": search.wanted,
        "lot": search.lot,
        "warehouse_id": search.warehouse_id,
        "after_code": search.after_code,
        "after_id": search.after_id,
    }


def moves(*, company_id: int, product_id: int, warehouse_id: int | None, before: int, count: int) -> list[MoveRow]:
    """What moved of a product, the last recorded first, with the balance after each move."""
    named = {"product_id": product_id, "warehouse_id": warehouse_id}
    return sql.rows("allocation/product_moves", MoveRow, company_id=company_id, before=before, count=count, **named)


def days(*, company_id: int, product_id: int, warehouse_id: int | None, count: int) -> list[DayBalance]:
    """What there was of a product on the last days on which it moved, in order."""
    named = {"product_id": product_id, "warehouse_id": warehouse_id}
    return sql.rows("allocation/product_days", DayBalance, company_id=company_id, count=count, **named)[::-1]


def allocations(*, company_id: int, product_id: int, count: int) -> list[AllocationRow]:
    """What of a product orders were given and has not left, the newest first."""
    return sql.rows("allocation/product_allocations", AllocationRow, company_id=company_id, product_id=product_id, count=count)


def supplies(*, company_id: int, search: SupplySearch, count: int) -> list[SupplyRow]:
    """Goods on their way in, the first to come first."""
    return sql.rows(
        "allocation/supplies_page",
        SupplyRow,
        company_id=company_id,
        wanted=search.wanted,
        warehouse_id=search.warehouse_id,
        product_id=search.product_id,
        only_id=search.only_id,
        only_open=search.only_open,
        after_on=search.after[0],
        after_id=search.after[1],
        count=count,
    )


def supply(*, company_id: int, inbound_id: int) -> SupplyRow | None:
    """One supply, if it is there."""
    found = supplies(company_id=company_id, search=SupplySearch(only_id=inbound_id, only_open=False), count=1)
    return found[0] if found else None


def holds(
    *, company_id: int, product_id: int | None = None, only_open: bool = True, before: int = ID_MAX, count: int
) -> list[HoldRow]:
    """What is or was held for somebody, the newest first."""
    wanted = {"product_id": product_id, "only_open": only_open}
    return sql.rows("allocation/holds_page", HoldRow, company_id=company_id, before=before, count=count, **wanted)


def expiring(*, act: Act, expires_by: date, warehouse_id: int | None, after: tuple[date, int], count: int) -> list[ExpiringRow]:
    """Lots in stock that expire up to a day, the first to expire first."""
    return sql.rows(
        "allocation/expiring_lots",
        ExpiringRow,
        company_id=act.company_id,
        today=act.on,
        expires_by=expires_by,
        warehouse_id=warehouse_id,
        transit=TRANSIT_CODE,
        after_on=after[0],
        after_id=after[1],
        count=count,
    )


def promised(*, company_id: int, product_id: int) -> list[PromisedRow]:
    """The days that waiting lines of a product are promised, by line."""
    return sql.rows("allocation/promises_of_product", PromisedRow, company_id=company_id, product_id=product_id)
