"""What a return says, which sale it belongs to, and how a package is numbered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

QUANTITY_DECIMALS = 3
PRICE_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class ReturnLineDraft:
    """A product that came back, in stock units, and the price it is credited at.

    `shipment_line_id` names what it left by; `match_latest_sale` asks for the customer's latest earlier shipment of the product
    with enough left. Without either, or without a match, the line is unmatched.
    """

    product_id: int
    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal | None = None
    shipment_line_id: int | None = None
    restock: bool = True
    match_latest_sale: bool = False
    source_row: int | None = None


@dataclass(frozen=True, slots=True)
class ReturnDraft:
    """Goods of one customer that came back together; `external_ref` makes a repeat harmless."""

    customer_id: int
    warehouse_id: int
    lines: Sequence[ReturnLineDraft]
    order_id: int | None = None
    reason: str = ""
    external_ref: str | None = None
    received_on: date | None = None


@dataclass(frozen=True, slots=True)
class SoldGoods:
    """A shipment line that goods may come back of: `left` is what has not come back yet."""

    shipment_line_id: int
    customer_id: int
    product_id: int
    left: Decimal
    dispatched_on: date
    source_row: int | None
    tax_rate: Decimal
    lot_id: int | None
    unit_cost: Decimal


def fault_in_return(draft: ReturnDraft) -> dict[str, Any] | None:
    """The first thing wrong with a return as asked for, naming line and column; None when it is well formed."""
    if not draft.lines:
        return {"column": "lines", "message": "A return needs at least one line."}
    for position, line in enumerate(draft.lines, 1):
        if not is_number(line.quantity, QUANTITY_DECIMALS) or line.quantity <= 0:
            return {
                "line": position,
                "column": "quantity",
                "message": "The quantity must be more than zero, with 3 decimals at most.",
            }
        if not is_number(line.unit_price, PRICE_DECIMALS):
            return {"line": position, "column": "unit_price", "message": "A price is a number with at most 6 decimals."}
    return None


def is_number(value: Decimal, decimals: int) -> bool:
    """Whether a number is finite, below 10^12 and has at most that many decimals."""
    return value.is_finite() and abs(value) < Decimal(10) ** 12 and value == round(value, decimals)


def is_earlier(goods: SoldGoods, line: ReturnLineDraft, received_on: date) -> bool:
    """Whether goods had left before they came back; within one day the rows of the file they are from tell, if both are known."""
    if goods.dispatched_on == received_on and goods.source_row is not None and line.source_row is not None:
        return goods.source_row < line.source_row
    return goods.dispatched_on <= received_on


class Sales:
    """The sales that returns are matched to, taken from as lines are matched; latest sale first."""

    def __init__(self, sold: Iterable[SoldGoods]) -> None:
        self._by_goods: dict[tuple[int, int], list[SoldGoods]] = {}
        self._by_id: dict[int, SoldGoods] = {}
        self._left: dict[int, Decimal] = {}
        for goods in sold:
            self._by_goods.setdefault((goods.customer_id, goods.product_id), []).append(goods)
            self._by_id[goods.shipment_line_id] = goods
            self._left[goods.shipment_line_id] = goods.left

    def latest(self, customer_id: int, line: ReturnLineDraft, received_on: date) -> SoldGoods | None:
        """Take a line's quantity from the latest sale before it came back that has enough left; None when no sale has."""
        for goods in self._by_goods.get((customer_id, line.product_id), ()):
            if self._left[goods.shipment_line_id] >= line.quantity and is_earlier(goods, line, received_on):
                self._left[goods.shipment_line_id] -= line.quantity
                return goods
        return None

    def named(self, customer_id: int, line: ReturnLineDraft) -> SoldGoods | None:
        """The shipment line that a return names, if it is one of this customer's and product's."""
        goods = self._by_id.get(line.shipment_line_id or 0)
        if goods is None or (goods.customer_id, goods.product_id) != (customer_id, line.product_id):
            return None
        return goods

    def take(self, goods: SoldGoods, quantity: Decimal) -> bool:
        """Take a quantity from a named sale; False when less is left."""
        if self._left[goods.shipment_line_id] < quantity:
            return False
        self._left[goods.shipment_line_id] -= quantity
        return True

    def give_back(self, goods: SoldGoods, quantity: Decimal) -> None:
        """Undo a take, because the return it was for is refused."""
        self._left[goods.shipment_line_id] += quantity


def sscc(company_id: int, serial: int) -> str:
    """An 18-digit serial shipping container code with its check digit. Source: GS1 General Specifications, section 7.9.

    The company prefix is the company's key until it states its own: seven digits that no other company of this database has.
    """
    digits = f"0{company_id % 10**7:07d}{serial % 10**9:09d}"
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(digits))
    return digits + str(-weighted % 10)
