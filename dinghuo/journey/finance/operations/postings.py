"""Posting: a draft gets its number, becomes a debt, and enters the ledger; so do stock documents."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from dinghuo.journey.finance import errors
from dinghuo.journey.finance.models import InvoiceState, SalesInvoice
from dinghuo.journey.finance.operations.entries import Posting, Series, lock_journal, write_entries
from dinghuo.journey.finance.operations.invoices import Key, LockedInvoice, lock_invoices
from dinghuo.journey.finance.rules import INCOME_ROLES, STOCK_ROLES
from dinghuo.kernel import journal, numbering, sql, states
from dinghuo.kernel.errors import Outcome, missing
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act

PREFIXES = {"invoice": "INV", "credit_note": "CN"}
EVENTS = {"invoice": "InvoicePosted", "credit_note": "CreditNotePosted"}


@dataclass(frozen=True, slots=True)
class Income:
    """What a posted document books besides the receivable: net by kind of line, and tax; in company currency."""

    invoice_id: int
    kinds: list[str]
    amounts_net: list[Decimal]
    amount_tax: Decimal


@dataclass(frozen=True, slots=True)
class StockPosted:
    """A stock document and what its moves cost: signed, in company currency; `is_fresh` says that it was not posted before."""

    id: int
    kind: str
    number: str
    moved_on: date
    cost_amount: Decimal
    is_fresh: bool


@dataclass(frozen=True, slots=True)
class Number:
    """The number that a document is posted under."""

    series: str
    year: int
    number: int
    written: str


@transaction.atomic
def post_invoices(*, act: Act, invoice_ids: Sequence[int] | None = None) -> list[Outcome]:
    """Post drafts: number them without gaps, open their receivables, book them; none named: all that need no person.

    Where the company's finance confirms documents, one is posted only by a person who names it; otherwise
    `needs_confirmation`. Refuses with `already_posted` or `dropped`. Facts of an outcome: number and amount. Rule:
    docs/rules/finance.md.
    """
    asked = invoice_ids
    if asked is None:
        asked = [row.id for row in sql.rows("finance/drafts_waiting", Key, company_id=act.company_id)]
    series = lock_invoice_series(act, asked)
    invoices = lock_invoices(act, asked)

    refused = [refusal for row in invoices if (refusal := refusal_to_post(row, act))]
    out = {outcome.id for outcome in refused}
    drafts = [row for row in invoices if row.id not in out]

    numbers = numbered(drafts, series)

    states.move(
        SalesInvoice,
        company_id=act.company_id,
        ids=list(numbers),
        to=InvoiceState.POSTED,
        also={
            "number": {key: number.written for key, number in numbers.items()},
            "series_year": {key: number.year for key, number in numbers.items()},
            "series_number": {key: number.number for key, number in numbers.items()},
            # Numbers follow the time of posting: a request that waited for a later one is posted when that one was.
            "posted_at": {row.id: max(act.at, row.posted_before or act.at) for row in drafts},
            "posted_by_id": act.actor_id,
        },
    )
    by_id = {row.id: row for row in drafts}
    incomes = open_receivables(act, numbers)
    write_entries(act, [entry_of(by_id[row.invoice_id], row, numbers[row.invoice_id].written) for row in incomes])

    for kind, event in EVENTS.items():
        events = [Happened(row.id, row.order_id, facts_of(row, numbers)) for row in drafts if row.kind == kind]
        journal.record(act, event, "sales_invoice", events)
    done = [Outcome(id=row.id, facts=facts_of(row, numbers)) for row in drafts]
    return done + refused + missing(invoice_ids, (row.id for row in invoices))


def lock_invoice_series(act: Act, invoice_ids: Sequence[int]) -> dict[tuple[str, int], Series]:
    """Lock the number series that posting these drafts will take numbers of, and the journal."""
    found = sql.rows("finance/lock_invoice_series", Series, company_id=act.company_id, invoice_ids=list(invoice_ids))
    return {(row.series, row.year): row for row in found}


def refusal_to_post(row: LockedInvoice, act: Act) -> Outcome | None:
    """Why a document cannot be posted, or None."""
    facts = {"number": row.number}
    if row.state == InvoiceState.POSTED:
        return Outcome(id=row.id, code=errors.ALREADY_POSTED, facts=facts)
    if row.state == InvoiceState.DROPPED:
        return Outcome(id=row.id, code=errors.DROPPED, facts=facts)
    if row.needs_a_person and act.actor_id is None:
        return Outcome(id=row.id, code=errors.NEEDS_CONFIRMATION, facts={"amount": row.amount_gross})
    return None


def numbered(drafts: Sequence[LockedInvoice], series: Mapping[tuple[str, int], Series]) -> dict[int, Number]:
    """The next numbers of each document's kind and year, in order of id."""
    following = {key: row.next_number for key, row in series.items()}
    numbers = {}
    for row in drafts:
        key = (row.kind, row.year)
        number = following[key]
        following[key] += 1
        numbers[row.id] = Number(row.kind, row.year, number, numbering.written(PREFIXES[row.kind], row.year, number))
    return numbers


def open_receivables(act: Act, numbers: Mapping[int, Number]) -> list[Income]:
    """Open the receivables of documents just posted, use up their numbers, and return what each books."""
    counts = Counter((number.series, number.year) for number in numbers.values())
    return sql.rows(
        "finance/open_receivables",
        Income,
        company_id=act.company_id,
        invoice_ids=list(numbers),
        series=[series for series, _ in counts],
        years=[year for _, year in counts],
        counts=list(counts.values()),
    )


def entry_of(invoice: LockedInvoice, income: Income, number: str) -> Posting:
    """The entry of a posted document: the customer owes what it earns and its tax; a credit note's amounts are negative."""
    earned = [(INCOME_ROLES.get(kind, "charges_income"), -net) for kind, net in zip(income.kinds, income.amounts_net, strict=True)]
    owed = sum(income.amounts_net, income.amount_tax)
    lines = [("receivable", owed), *earned, ("tax_output", -income.amount_tax)]
    return Posting(invoice.kind, "sales_invoice", invoice.id, number, invoice.issued_on, lines, customer_id=invoice.customer_id)


def facts_of(row: LockedInvoice, numbers: Mapping[int, Number]) -> dict[str, Any]:
    """What to tell of a posted document."""
    return {"number": numbers[row.id].written, "amount": row.amount_gross}


@transaction.atomic
def post_stock_documents(*, act: Act, document_ids: Sequence[int] | None = None) -> list[Outcome]:
    """Book what stock documents moved, at cost: a receipt, dispatch, return or adjustment each against its own account.

    None named: every one that the ledger does not have. One without cost is only marked. An outcome's document is the
    journal entry, which is the record of the posting. Refuses with `already_posted`.
    """
    asked = document_ids
    if asked is None:
        asked = [row.id for row in sql.rows("finance/stock_documents_waiting", Key, company_id=act.company_id)]
    lock_journal(act)

    documents = sql.rows("finance/mark_posted", StockPosted, company_id=act.company_id, document_ids=list(asked), at=act.at)
    refused = [Outcome(id=row.id, code=errors.ALREADY_POSTED) for row in documents if not row.is_fresh]
    fresh = [row for row in documents if row.is_fresh]

    entries = write_entries(
        act,
        [
            Posting(
                row.kind,
                "stock_document",
                row.id,
                row.number,
                row.moved_on,
                [("stock", row.cost_amount), (STOCK_ROLES[row.kind], -row.cost_amount)],
            )
            for row in fresh
        ],
    )
    done = [Outcome(id=row.id, document_id=entries.get(place)) for place, row in enumerate(fresh, 1)]
    return done + refused + missing(document_ids, (row.id for row in documents))
