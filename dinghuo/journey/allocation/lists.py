"""What the stock page shows."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dinghuo.kernel import sql


@dataclass(frozen=True, slots=True)
class StockRow:
    """What lies in one warehouse of one product and lot, in stock units; `available` is on hand and not allocated."""

    id: int
    product_code: str
    name: str
    name_zh: str
    unit: str
    warehouse_code: str
    lot_code: str
    expires_on: date | None
    on_hand: Decimal
    allocated: Decimal
    available: Decimal
    reorder_level: Decimal
    is_low: bool


@dataclass(frozen=True, slots=True)
class StockSearch:
    """Which stock a list shows, and where the page before ended."""

    wanted: str = ""
    warehouse_id: int | None = None
    only_low: bool = False
    after_code: str = ""
    after_id: int = 0


def stock(*, company_id: int, search: StockSearch, count: int) -> list[StockRow]:
    """Stock by product, warehouse and lot: at most `count` levels."""
    return sql.rows(
        "allocation/stock_page",
        StockRow,
        company_id=company_id,
        wanted=search.wanted,
        warehouse_id=search.warehouse_id,
        only_low=search.only_low,
        after_code=search.after_code,
        after_id=search.after_id,
        count=count,
    )
