"""Drafting invoices from what has left, and dropping drafts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from dinghuo.journey.finance import errors
from dinghuo.journey.finance.models import InvoiceState, SalesInvoice
from dinghuo.journey.ordering.operations import lock_orders
from dinghuo.kernel import journal, sql, states
from dinghuo.kernel.errors import Outcome, missing
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act


@dataclass(frozen=True, slots=True)
class Key:
    """The id of a row that this transaction has locked, or that it will."""

    id: int


@dataclass(frozen=True, slots=True)
class Billed:
    """A shipment, or an order of charges only, and the invoice that was drafted for it, if any; the amount in its currency."""

    order_id: int
    shipment_id: int | None
    shipment_state: str | None
    former_id: int | None
    invoice_id: int | None
    kind: str | None
    amount_gross: Decimal | None


@dataclass(frozen=True, slots=True)
class LockedInvoice:
    """An invoice that this transaction has locked; the amount is in its currency."""

    id: int
    kind: str
    state: str
    number: str | None
    order_id: int | None
    customer_id: int
    year: int
    issued_on: date
    amount_gross: Decimal
    needs_a_person: bool
    posted_before: datetime | None


@transaction.atomic
def draft_invoices(*, act: Act, shipment_ids: Sequence[int] | None = None, order_ids: Sequence[int] | None = None) -> list[Outcome]:
    """Draft an invoice for each shipment that has left and is not billed; an order's first takes its charges along.

    Name shipments, or orders (then all that has left of them), or neither: everything that is ready. An outcome's id
    is the shipment's where shipments were named, else the order's; its document is the invoice. What is billed of a
    line in parts adds up to the line's amounts. Refuses with `not_dispatched`, `already_invoiced` or
    `nothing_to_invoice`. Rule: docs/rules/finance.md.
    """
    locked = lock_orders_to_bill(act, shipment_ids, order_ids)

    billed = sql.rows(
        "finance/draft_invoices",
        Billed,
        company_id=act.company_id,
        order_ids=locked,
        shipment_ids=None if shipment_ids is None else list(shipment_ids),
        at=act.at,
        issued_on=act.on,
    )

    record_drafts(act, ((row.invoice_id, row.order_id, row.kind, row.amount_gross) for row in billed))
    if shipment_ids is not None:
        shipments = [Outcome(id=row.shipment_id, **verdict_on(row)) for row in billed if row.shipment_id]
        return shipments + missing(shipment_ids, (outcome.id for outcome in shipments))
    done = [Outcome(id=row.order_id, document_id=row.invoice_id) for row in billed if row.invoice_id]
    idle = sorted(set(locked) - {outcome.id for outcome in done}) if order_ids is not None else []
    refused = [Outcome(id=order_id, code=errors.NOTHING_TO_INVOICE) for order_id in idle]
    return done + refused + missing(order_ids, locked)


def lock_orders_to_bill(act: Act, shipment_ids: Sequence[int] | None, order_ids: Sequence[int] | None) -> list[int]:
    """Lock the orders whose shipments or charges are to be billed, and return their ids."""
    if shipment_ids is not None:
        found = sql.rows("finance/lock_orders_of_shipments", Key, company_id=act.company_id, shipment_ids=list(shipment_ids))
    elif order_ids is None:
        found = sql.rows("finance/lock_orders_to_bill", Key, company_id=act.company_id)
    else:
        return [order.id for order in lock_orders(company_id=act.company_id, order_ids=order_ids, ready_in=())]
    return [row.id for row in found]


def verdict_on(row: Billed) -> dict[str, Any]:
    """What became of a shipment that was named: its invoice, or why it has none from us."""
    if row.invoice_id is not None:
        return {"document_id": row.invoice_id}
    if row.former_id is not None:
        return {"code": errors.ALREADY_INVOICED, "facts": {"invoice": row.former_id}}
    if row.shipment_state not in {"dispatched", "delivered"}:
        return {"code": errors.NOT_DISPATCHED, "facts": {"state": row.shipment_state}}
    return {"code": errors.NOTHING_TO_INVOICE}


def record_drafts(act: Act, drafted: Iterable[tuple[int | None, int | None, str | None, Decimal | None]]) -> None:
    """Record InvoiceDrafted for each document that was made, given as (invoice, order, kind, gross)."""
    events = [
        Happened(invoice_id, order_id, {"kind": kind, "amount": amount})
        for invoice_id, order_id, kind, amount in drafted
        if invoice_id is not None
    ]
    journal.record(act, "InvoiceDrafted", "sales_invoice", events)


def lock_invoices(act: Act, invoice_ids: Sequence[int]) -> list[LockedInvoice]:
    """Lock invoices, their orders before them, in order of id."""
    return sql.rows("finance/lock_invoices", LockedInvoice, company_id=act.company_id, invoice_ids=list(invoice_ids))


@transaction.atomic
def drop_drafts(*, act: Act, invoice_ids: Sequence[int]) -> list[Outcome]:
    """Drop drafts that shall not be posted; what they billed can be billed again.

    Refuses with `already_posted` or `dropped`.
    """
    invoices = lock_invoices(act, invoice_ids)

    codes = {InvoiceState.POSTED: errors.ALREADY_POSTED, InvoiceState.DROPPED: errors.DROPPED}
    refused = [
        Outcome(id=row.id, code=codes[InvoiceState(row.state)], facts={"number": row.number})
        for row in invoices
        if row.state in codes
    ]
    drafts = [row for row in invoices if row.state == InvoiceState.DRAFT]

    ids = [row.id for row in drafts]
    states.move(SalesInvoice, company_id=act.company_id, ids=ids, to=InvoiceState.DROPPED)
    sql.execute("finance/give_back", company_id=act.company_id, invoice_ids=ids)

    journal.record(act, "InvoiceDropped", "sales_invoice", [Happened(row.id, row.order_id) for row in drafts])
    return [Outcome(id=row.id) for row in drafts] + refused + missing(invoice_ids, (row.id for row in invoices))
