"""The order form as somebody filled it in: what was typed is kept as typed, and each fault names its line."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from dinghuo.journey.ordering.rules import LINES_MAX, LineDraft, fault_in_price, fault_in_quantity
from dinghuo.reference.queries import TypedProduct
from dinghuo.reference.typed_text import cleaned, number

NUMBER_MAX: Final = 40
CODE_MAX: Final = 40


@dataclass(slots=True)
class TypedLine:
    """One row of the form: three texts, the product that the code names, and what is wrong."""

    code: str = ""
    quantity: str = ""
    price: str = ""
    product: TypedProduct | None = None
    agreed: Decimal | None = None
    fault: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed into the row."""
        return not (self.code or self.quantity or self.price)


@dataclass(slots=True)
class TypedOrder:
    """The whole form; `faults` are those that belong to no line."""

    customer: str = ""
    customer_text: str = ""
    customer_name: str = ""
    warehouse: str = ""
    customer_po: str = ""
    requested_on: str = ""
    ship_to_name: str = ""
    ship_to_address: str = ""
    ship_to_city: str = ""
    token: str = ""
    reason: str = ""
    lines: list[TypedLine] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def is_faulty(self) -> bool:
        """Whether something must be put right before the order can be entered."""
        return bool(self.faults) or any(line.fault for line in self.lines)


HEAD_FIELDS: Final = {
    "customer": 20,
    "customer_text": 100,
    "warehouse": 20,
    "customer_po": 80,
    "requested_on": 10,
    "ship_to_name": 200,
    "ship_to_address": 300,
    "ship_to_city": 100,
    "token": 36,
    "reason": 300,
}


def read(posted: QueryDict) -> TypedOrder:
    """The form as it was sent; rows in which nothing was typed are left out."""
    typed = TypedOrder(lines=read_rows(posted))
    for name, length in HEAD_FIELDS.items():
        setattr(typed, name, cleaned(posted.get(name, ""), length))
    return typed


def read_rows(posted: QueryDict) -> list[TypedLine]:
    """The rows of the form in which something was typed."""
    columns = [posted.getlist(name) for name in ("product", "quantity", "price")]
    rows = (
        TypedLine(cleaned(code, CODE_MAX), cleaned(quantity, NUMBER_MAX), cleaned(price, NUMBER_MAX))
        for code, quantity, price in zip(*columns, strict=False)
    )
    return [row for row in rows if not row.is_empty]


def pasted(text: str) -> list[TypedLine]:
    """Rows copied from a spreadsheet: code, quantity and perhaps price, parted by tabs or else by blanks or semicolons.

    At most one row more than an order may have, so that the surplus is noticed and nothing grows without bound.
    """
    rows = []
    for line in text.replace("\x00", "").splitlines():
        parts = line.split("\t") if "\t" in line else line.replace(";", " ").split()
        code, quantity, price = [*(cleaned(part, NUMBER_MAX) for part in parts), "", "", ""][:3]
        row = TypedLine(code, quantity, price)
        if not row.is_empty:
            rows.append(row)
        if len(rows) > LINES_MAX:
            break
    return rows


def drafts(lines: Sequence[TypedLine]) -> list[LineDraft]:
    """The lines as ordering takes them; each fault is written into its row, and rows with one are left out."""
    made = []
    for row in lines:
        quantity, price = number(row.quantity), number(row.price) if row.price else None
        row.fault = fault_in(row, quantity, price)
        if not row.fault and row.product and quantity is not None:
            made.append(LineDraft(product_id=row.product.id, quantity=quantity, unit_price=price))
    return made


def fault_in(row: TypedLine, quantity: Decimal | None, price: Decimal | None) -> str:
    """What is wrong with a row, in words; empty when nothing is."""
    if not row.code:
        return _("Which product?")
    if row.product is None:
        return _("There is no product with the code %(code)s.") % {"code": row.code}
    if quantity is None or fault_in_quantity(quantity):
        return _("The quantity must be a number above zero, with at most 12 digits and 3 decimals.")
    if row.price and (price is None or fault_in_price(price)):
        return _("The price must be a number, not negative, with at most 12 digits and 6 decimals.")
    return ""
