"""Finance over the API: invoices and credit notes, what customers owe, and what they paid."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Annotated, Literal

from ninja import Query, Router
from pydantic import Field

from dinghuo.journey.finance import operations
from dinghuo.journey.finance.rules import PaymentDraft
from dinghuo.kernel import sql
from dinghuo.kernel.errors import Missing, the_only
from dinghuo.reference.bearers import ApiRequest
from dinghuo.reference.naming import OneCustomer, named
from dinghuo.reference.routes import batch_of, route
from dinghuo.reference.wire import (
    ID_MAX,
    Asked,
    Batch,
    ChargePrice,
    Code,
    Day,
    Id,
    Ids,
    Money,
    Page,
    Paging,
    Rate,
    Reason,
    Reference,
    SignedQuantity,
    SomeMoney,
    Text,
    page_of,
)

router = Router(tags=["finance"])

Kind = Literal["invoice", "credit_note"]
State = Literal["draft", "posted", "dropped"]
Method = Literal["cash", "bank_transfer", "card", "cheque"]


class DisputeAsked(Asked):
    """What a customer does not accept, and why; without an amount all that is open."""

    reason: Reason
    amount: SomeMoney | None = None


class Resolved(Asked):
    """What came of a dispute."""

    resolution: Reason


@dataclass(frozen=True, slots=True)
class Disputed:
    """A dispute that was opened."""

    dispute_id: int
    invoice_id: int


@dataclass(frozen=True, slots=True)
class Closed:
    """A dispute that was closed."""

    dispute_id: int


FILTERS = ("customer", "state", "kind", "order_id")


@dataclass(frozen=True, slots=True)
class InvoiceSummary:
    """An invoice or a credit note (its amounts are negative), in its currency; `open_amount` is what is not settled yet."""

    id: int
    kind: Kind
    state: State
    number: str | None
    customer_id: int
    customer: str
    order_id: int | None
    shipment_id: int | None
    return_id: int | None
    currency: str
    issued_on: date
    due_on: date
    amount_net: Money
    amount_tax: Money
    amount_gross: Money
    open_amount: Money | None
    minor_units: int


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """What is billed or credited: goods of a shipment or a return, or a charge."""

    id: int
    position: int
    kind: str
    product: str | None
    description: str
    shipment_line_id: int | None
    return_line_id: int | None
    quantity: SignedQuantity
    unit_price: ChargePrice
    tax_rate: Rate
    amount_net: Money
    amount_tax: Money


@dataclass(frozen=True, slots=True)
class Invoice(InvoiceSummary):
    """A document with its lines."""

    lines: list[InvoiceLine]


@dataclass(frozen=True, slots=True)
class Receivable:
    """What a posted document makes a customer owe; a credit note's amounts are negative."""

    id: int
    invoice_id: int
    invoice_number: str
    kind: Kind
    customer_id: int
    customer: str
    currency: str
    due_on: date
    amount: Money
    applied: Money
    open_amount: Money
    settled_on: date | None


@dataclass(frozen=True, slots=True)
class PaymentSummary:
    """Money that came from a customer, and how much of it has been set against what it owes."""

    id: int
    number: str
    external_ref: str | None
    customer_id: int
    customer: str
    method: Method
    reference: str
    received_on: date
    currency: str
    amount: Money
    applied: Money
    unapplied: Money


@dataclass(frozen=True, slots=True)
class Application:
    """What of a payment was set against one invoice."""

    invoice_id: int
    invoice_number: str
    amount: Money
    reason: str
    applied_on: date


@dataclass(frozen=True, slots=True)
class Payment(PaymentSummary):
    """A payment with what it settled."""

    applications: list[Application]


class InvoicesWanted(Paging):
    """Which documents to list."""

    customer: Code | None = Field(None, description="The customer's code")
    state: State | None = None
    kind: Kind | None = None
    order_id: Id | None = None


class ReceivablesWanted(Paging):
    """Which receivables to list."""

    customer: Code | None = Field(None, description="The customer's code")
    open: bool = False
    due_until: Day | None = None


class PaymentsWanted(Paging):
    """Which payments to list."""

    customer: Code | None = Field(None, description="The customer's code")


class DraftsAsked(Asked):
    """Which shipments to bill; all that have left and are not billed when none are named."""

    shipment_ids: Ids | None = None


class PaymentAsked(OneCustomer):
    """Money that came from a customer, in company currency: for the invoices it names, else for the oldest due.

    `external_ref` makes a repeat harmless.
    """

    amount: SomeMoney = Field(examples=["113.00"])
    method: Method = "bank_transfer"
    invoice_ids: Ids | None = None
    received_on: Day | None = None
    reference: Annotated[str, Text(most=140)] = ""
    external_ref: Reference | None = None


@route(router, "GET /invoices", needs=("invoices.read", "portal.read"))
def list_invoices(request: ApiRequest, wanted: Query[InvoicesWanted]) -> Page[InvoiceSummary]:
    """List invoices and credit notes, the newest first; a customer's token sees its own that are posted."""
    asked = {"before": wanted.before, "count": wanted.count, "only_id": None, "only_customer": request.only_customer}
    asked |= wanted.model_dump(include=set(FILTERS))
    return page_of(sql.rows("finance/invoices_before", InvoiceSummary, company_id=request.act.company_id, **asked), wanted)


@route(router, "POST /invoices", needs="invoices.write")
def draft_invoices(request: ApiRequest, asked: DraftsAsked) -> Batch:
    """Draft invoices for shipments that have left, each once. Refuses `not_dispatched`, `already_invoiced`."""
    return batch_of(operations.draft_invoices(act=request.act, shipment_ids=asked.shipment_ids))


@route(router, "GET /invoices/{invoice_id}", needs=("invoices.read", "portal.read"))
def get_invoice(request: ApiRequest, invoice_id: Id) -> Invoice:
    """Get a document with its lines; a customer's token sees its own that are posted."""
    return invoice(request, invoice_id)


@route(router, "POST /invoices/{invoice_id}/post", needs="invoices.post")
def post_invoice(request: ApiRequest, invoice_id: Id) -> Invoice:
    """Post a draft: it gets its number, its receivable and its entry, and never changes again. Refused with `already_posted`."""
    the_only(operations.post_invoices(act=request.act, invoice_ids=[invoice_id]))
    posted = invoice(request, invoice_id)
    request.moved = [posted.order_id] if posted.order_id else []
    return posted


@route(router, "POST /invoices/{invoice_id}/disputes", needs="invoices.write", status=201)
def open_dispute(request: ApiRequest, invoice_id: Id, asked: DisputeAsked) -> Disputed:
    """Mark an invoice as disputed: orders held because it is late are looked at again.

    Refused with `already_disputed`, `already_settled` and `malformed_amount`.
    """
    invoice(request, invoice_id)
    draft = operations.DisputeDraft(invoice_id, asked.reason, asked.amount)
    opened = the_only(operations.open_disputes(act=request.act, drafts=[draft]))
    return Disputed(dispute_id=opened.document_id or 0, invoice_id=invoice_id)


@route(router, "POST /disputes/{dispute_id}/close", needs="invoices.write")
def close_dispute(request: ApiRequest, dispute_id: Id, asked: Resolved) -> Closed:
    """End a dispute, with what came of it. Refused with `already_closed`."""
    the_only(operations.close_disputes(act=request.act, dispute_ids=[dispute_id], resolution=asked.resolution))
    return Closed(dispute_id=dispute_id)


@route(router, "POST /returns/{return_id}/credit", needs="invoices.write", status=201)
def draft_credit_note(request: ApiRequest, return_id: Id) -> Invoice:
    """Draft the credit note of a return; posting it is a step of its own. Refused with `already_credited`."""
    drafted = the_only(operations.draft_credit_notes(act=request.act, return_ids=[return_id]))
    return invoice(request, drafted.document_id or 0)


@route(router, "GET /receivables", needs=("invoices.read", "portal.read"))
def list_receivables(request: ApiRequest, wanted: Query[ReceivablesWanted]) -> Page[Receivable]:
    """List what customers owe, the newest first; a customer's token sees what it owes itself."""
    asked = {
        "before": wanted.before,
        "count": wanted.count,
        "only_customer": request.only_customer,
        "customer": wanted.customer,
        "only_open": wanted.open,
        "due_until": wanted.due_until,
    }
    return page_of(sql.rows("finance/receivables_before", Receivable, company_id=request.act.company_id, **asked), wanted)


@route(router, "GET /payments", needs="payments.read")
def list_payments(request: ApiRequest, wanted: Query[PaymentsWanted]) -> Page[PaymentSummary]:
    """List payments, the newest first."""
    asked = {"before": wanted.before, "count": wanted.count, "only_id": None, "customer": wanted.customer}
    return page_of(sql.rows("finance/payments_before", PaymentSummary, company_id=request.act.company_id, **asked), wanted)


@route(router, "POST /payments", needs="payments.take", status=201)
def take_payment(request: ApiRequest, asked: PaymentAsked) -> Payment:
    """Take money from a customer and settle what it names, else the oldest due; what is left over stays the customer's.

    Refused with `already_settled` and `not_posted`.
    """
    customer_id = named(request.act.company_id, [asked]).customer(asked)
    draft = PaymentDraft(
        customer_id=customer_id,
        amount=asked.amount,
        method=asked.method,
        received_on=asked.received_on,
        reference=asked.reference,
        external_ref=asked.external_ref,
        invoice_ids=asked.invoice_ids or (),
    )
    taken = the_only(operations.take_payments(act=request.act, payments=[draft]))
    return payment(request, taken.document_id or 0)


@route(router, "GET /payments/{payment_id}", needs="payments.read")
def get_payment(request: ApiRequest, payment_id: Id) -> Payment:
    """Get a payment with what it settled."""
    return payment(request, payment_id)


@route(router, "POST /payments/{payment_id}/apply", needs="payments.take")
def apply_payment(request: ApiRequest, payment_id: Id) -> Payment:
    """Set what is left of a payment against what its customer owes, oldest due first.

    Refused with `nothing_left` and `nothing_open`.
    """
    the_only(operations.apply_payments(act=request.act, payment_ids=[payment_id]))
    return payment(request, payment_id)


def invoice(request: ApiRequest, invoice_id: int) -> Invoice:
    """A document that the caller may see; raises Missing."""
    asked = {"before": ID_MAX, "count": 1, "only_id": invoice_id, "only_customer": request.only_customer}
    company_id = request.act.company_id
    heads = sql.rows("finance/invoices_before", InvoiceSummary, company_id=company_id, **asked, **dict.fromkeys(FILTERS))
    if not heads:
        raise Missing("There is no such document.", id=invoice_id)
    named_so = {"invoice_id": invoice_id, "minor_units": heads[0].minor_units}
    return Invoice(**asdict(heads[0]), lines=sql.rows("finance/lines_of_invoice", InvoiceLine, company_id=company_id, **named_so))


def payment(request: ApiRequest, payment_id: int) -> Payment:
    """A payment; raises Missing."""
    asked = {"before": ID_MAX, "count": 1, "only_id": payment_id, "customer": None}
    company_id = request.act.company_id
    heads = sql.rows("finance/payments_before", PaymentSummary, company_id=company_id, **asked)
    if not heads:
        raise Missing("There is no such payment.", id=payment_id)
    applications = sql.rows("finance/applications_of_payment", Application, company_id=company_id, payment_id=payment_id)
    return Payment(**asdict(heads[0]), applications=applications)
