"""Reads of the master data: lists by code, and what a typed text may mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from dinghuo.kernel import sql

CHOICES = 12
CUSTOMERS_SEARCHED = 500


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer in a list; `open_amount` is what it owes, less payments not applied yet, in company currency."""

    id: int
    code: str
    name: str
    name_zh: str
    customer_class: str
    country: str
    city: str
    payment_terms_days: int
    credit_limit: Decimal | None
    is_blocked: bool
    open_amount: Decimal


@dataclass(frozen=True, slots=True)
class CustomerChoice:
    """A customer that a typed text may mean."""

    id: int
    code: str
    name: str
    name_zh: str


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product in a list; its price is without tax, in company currency."""

    id: int
    code: str
    name: str
    name_zh: str
    category: str
    unit: str
    list_price: Decimal
    tax_rate: Decimal
    is_blocked: bool


@dataclass(frozen=True, slots=True)
class ProductChoice:
    """A product that a typed text may mean."""

    id: int
    code: str
    name: str
    name_zh: str
    unit: str


@dataclass(frozen=True, slots=True)
class TypedProduct:
    """The product that a typed code names."""

    typed: str
    id: int
    code: str
    name: str
    name_zh: str
    unit: str


def customers_page(*, company_id: int, wanted: str, after_code: str, count: int) -> list[CustomerRow]:
    """Customers by code, after a code, whose code or names hold a text."""
    parameters = {"wanted": wanted, "after_code": after_code, "count": count}
    return sql.rows("reference/customers_page", CustomerRow, company_id=company_id, **parameters)


def customers_matching(*, company_id: int, wanted: str, count: int = CHOICES) -> list[CustomerChoice]:
    """The customers that a typed text may mean, the likeliest first; none for an empty text."""
    if not wanted:
        return []
    return sql.rows("reference/customers_matching", CustomerChoice, company_id=company_id, wanted=wanted, count=count)


def customer_ids_matching(*, company_id: int, wanted: str) -> list[int] | None:
    """The ids of at most 500 customers that a text may mean; None, for all, when nothing was typed."""
    if not wanted:
        return None
    return [row.id for row in customers_matching(company_id=company_id, wanted=wanted, count=CUSTOMERS_SEARCHED)]


def products_page(*, company_id: int, wanted: str, after_code: str, count: int) -> list[ProductRow]:
    """Products by code, after a code, whose code, names or barcode hold a text."""
    parameters = {"wanted": wanted, "after_code": after_code, "count": count}
    return sql.rows("reference/products_page", ProductRow, company_id=company_id, **parameters)


def products_matching(*, company_id: int, wanted: str, count: int = CHOICES) -> list[ProductChoice]:
    """The products that a typed text may mean, the likeliest first; none for an empty text."""
    if not wanted:
        return []
    return sql.rows("reference/products_matching", ProductChoice, company_id=company_id, wanted=wanted, count=count)


def products_by_code(*, company_id: int, codes: Sequence[str]) -> dict[str, TypedProduct]:
    """The products that typed codes name, by what was typed; unknown codes are left out."""
    found = sql.rows("reference/products_by_code", TypedProduct, company_id=company_id, codes=sorted(set(codes)))
    return {row.typed: row for row in found}
