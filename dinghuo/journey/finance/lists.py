"""What the pages of invoices, receivables and payments show."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from dinghuo.kernel import sql
from dinghuo.reference.paging import ID_MAX


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice or credit note in a list; amounts are signed, `applied` is what has been settled."""

    id: int
    kind: str
    state: str
    number: str | None
    customer_code: str
    name: str
    name_zh: str
    order_id: int | None
    order_number: str | None
    issued_on: date
    due_on: date
    currency: str
    amount_gross: Decimal
    applied: Decimal


@dataclass(frozen=True, slots=True)
class InvoiceHead:
    """One invoice or credit note with its customer and amounts."""

    id: int
    kind: str
    state: str
    number: str | None
    customer_id: int
    customer_code: str
    name: str
    name_zh: str
    address: str
    city: str
    country: str
    tax_id: str
    order_id: int | None
    order_number: str | None
    issued_on: date
    due_on: date
    currency: str
    amount_net: Decimal
    amount_tax: Decimal
    amount_gross: Decimal
    applied: Decimal


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """What a document bills or credits; a charge has no product."""

    position: int
    kind: str
    product_code: str
    name: str
    name_zh: str
    description: str
    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal
    amount_net: Decimal
    amount_tax: Decimal


@dataclass(frozen=True, slots=True)
class ReceivableRow:
    """What a customer still owes of a document, or we owe of a credit note (negative)."""

    id: int
    invoice_id: int
    invoice_number: str | None
    kind: str
    customer_id: int
    customer_code: str
    name: str
    name_zh: str
    order_id: int | None
    currency: str
    due_on: date
    amount: Decimal
    open_amount: Decimal
    dispute_id: int | None
    disputed: Decimal | None
    dispute_reason: str | None


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment in a list; `applied` is what has been set against receivables."""

    id: int
    number: str
    customer_code: str
    name: str
    name_zh: str
    method: str
    reference: str
    received_on: date
    currency: str
    amount: Decimal
    applied: Decimal


@dataclass(frozen=True, slots=True)
class InvoiceSearch:
    """Which documents a list shows, and where the page before ended."""

    kinds: Sequence[str] = ("invoice", "credit_note")
    issued_from: date = date.min
    issued_until: date = date.max
    customer_ids: Sequence[int] | None = None
    before_on: date = date.max
    before_id: int = ID_MAX


def invoices(*, company_id: int, state: str, search: InvoiceSearch, count: int) -> list[InvoiceRow]:
    """Drafts or posted documents, latest first."""
    statement = "finance/invoices_draft" if state == "draft" else "finance/invoices_posted"
    parameters = asdict(search) | {"kinds": list(search.kinds)}
    return sql.rows(statement, InvoiceRow, company_id=company_id, count=count, **parameters)


def invoice(*, company_id: int, invoice_id: int, customer_id: int | None = None) -> InvoiceHead | None:
    """One document, or None when there is none here; with `customer_id` only that customer's posted ones."""
    named = {"invoice_id": invoice_id, "customer_id": customer_id}
    return next(iter(sql.rows("finance/invoice_head", InvoiceHead, company_id=company_id, **named)), None)


def invoice_lines(*, company_id: int, invoice_id: int) -> list[InvoiceLine]:
    """What a document bills or credits, by position."""
    return sql.rows("finance/invoice_lines", InvoiceLine, company_id=company_id, invoice_id=invoice_id)


def open_receivables(
    *, company_id: int, due: tuple[date, date], customer_ids: Sequence[int] | None, after: tuple[date, int], count: int
) -> list[ReceivableRow]:
    """What is owed and due between two days, the longest due first, after a day and id."""
    (due_from, due_until), (after_on, after_id) = due, after
    limits = {"due_from": due_from, "due_until": due_until, "after_on": after_on, "after_id": after_id, "count": count}
    return sql.rows("finance/receivables_page", ReceivableRow, company_id=company_id, customer_ids=customer_ids, **limits)


def payments(*, company_id: int, customer_ids: Sequence[int] | None, before_id: int, count: int) -> list[PaymentRow]:
    """Payments, the newest first."""
    limits = {"customer_ids": customer_ids, "before_id": before_id, "count": count}
    return sql.rows("finance/payments_page", PaymentRow, company_id=company_id, **limits)
