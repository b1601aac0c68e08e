"""Money that comes in."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from dinghuo.journey.finance import errors
from dinghuo.journey.finance.models import InvoiceState
from dinghuo.journey.finance.operations.applications import lock_receivables, record_applications
from dinghuo.journey.finance.operations.entries import EVERY_YEAR, JOURNAL, Choice, Posting, lock_series, write_entries
from dinghuo.journey.finance.rules import MONEY_ROLES, Debt, Money, PaymentDraft, Share, fault_in_amount, shares, taken
from dinghuo.kernel import journal, numbering, sql
from dinghuo.kernel.errors import Outcome
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act

PAYMENT = "payment"


@dataclass(frozen=True, slots=True)
class Payer:
    """What is known about a payment's customer and external reference, and the company's money; `place` counts from 0."""

    place: int
    customer_id: int | None
    known_id: int | None
    currency: str
    minor_units: int


@dataclass(frozen=True, slots=True)
class Taken:
    """A payment that was written."""

    id: int
    number: str


@transaction.atomic
def take_payments(*, act: Act, payments: Sequence[PaymentDraft], apply: bool = True) -> list[Outcome]:
    """Take money from customers, book it, and apply it: to the invoices it names, else to the oldest due.

    An outcome's id is the draft's position (0-based), its document the payment; one whose `external_ref` is known
    gives the payment of the first time. What is left over stays the customer's. With `apply` false nothing is applied
    yet. A payment is refused as a whole: `unknown_customer`, `unknown_method`, `malformed_amount`, `unknown_invoice`
    (or another customer's), `not_posted`, or `already_settled` when one of the invoices it names has nothing open.
    Rule: docs/rules/finance.md.
    """
    # Numbers of payments may have gaps, so taking one for each draft needs no look at which will be refused.
    series = lock_series(act, [(JOURNAL, EVERY_YEAR, 0), (PAYMENT, act.on.year, len(payments))])
    first = series[PAYMENT].next_number - len(payments)
    payers = find_payers(act, payments)
    debts = lock_debts(act, payments, apply=apply)

    choice = choose(act, payments, payers, debts)
    numbers = {place: numbering.written("PAY", act.on.year, first + place) for place in choice.fresh}
    applied = shares([money_of(act, place, payments[place]) for place in numbers], list(debts.values())) if apply else []

    ids = write_payments(act, payments, numbers, applied)
    write_entries(act, [entry_of(act, payments[place], ids[place], numbers[place]) for place in numbers])

    journal.record(
        act,
        "PaymentTaken",
        "payment",
        [Happened(ids[place], None, {"number": numbers[place], "amount": payments[place].amount}) for place in numbers],
    )
    record_applications(act, "payment", ((ids[share.source], share) for share in applied))
    done = [Outcome(id=place, document_id=ids[place], facts={"number": numbers[place]}) for place in numbers]
    repeated = [Outcome(id=place, document_id=ids[former]) for place, former in choice.repeats.items()]
    return sorted([*done, *repeated, *choice.others], key=lambda outcome: outcome.id)


def find_payers(act: Act, payments: Sequence[PaymentDraft]) -> list[Payer]:
    """What is known about each payment's customer and reference, in the payments' order."""
    return sql.rows(
        "finance/find_payers",
        Payer,
        company_id=act.company_id,
        customer_ids=[draft.customer_id for draft in payments],
        external_refs=[draft.external_ref for draft in payments],
    )


def lock_debts(act: Act, payments: Sequence[PaymentDraft], *, apply: bool) -> dict[int, Debt]:
    """Lock the receivables that payments may settle, and return what is open of them by invoice."""
    customers = {draft.customer_id for draft in payments if apply and not draft.invoice_ids}
    return lock_receivables(act, customers, {key for draft in payments for key in draft.invoice_ids})


def choose(act: Act, payments: Sequence[PaymentDraft], payers: Sequence[Payer], debts: Mapping[int, Debt]) -> Choice:
    """Tell payments to take from those taken before and those refused.

    An invoice that a payment settles is settled for the next of the set that names it.
    """
    choice = Choice()
    references: dict[str, int] = {}
    left = {key: debt.open for key, debt in debts.items()}
    for payer, draft in zip(payers, payments, strict=True):
        if payer.known_id is not None:
            choice.others.append(Outcome(id=payer.place, document_id=payer.known_id))
        elif draft.external_ref is not None and draft.external_ref in references:
            choice.repeats[payer.place] = references[draft.external_ref]
        elif refusal := refusal_of(draft, payer, debts, left):
            choice.others.append(refusal)
        else:
            choice.fresh.append(payer.place)
            taken(money_of(act, payer.place, draft), [debts[key] for key in draft.invoice_ids], left)
            references |= {draft.external_ref: payer.place} if draft.external_ref is not None else {}
    return choice


def refusal_of(draft: PaymentDraft, payer: Payer, debts: Mapping[int, Debt], left: Mapping[int, Decimal]) -> Outcome | None:
    """Why a payment cannot be taken, or None; `left` is what is open of each invoice by now."""
    if payer.customer_id is None:
        return Outcome(id=payer.place, code=errors.UNKNOWN_CUSTOMER, facts={"customer": draft.customer_id})
    if draft.method not in MONEY_ROLES:
        return Outcome(id=payer.place, code=errors.UNKNOWN_METHOD, facts={"method": draft.method})
    fault = fault_in_amount(draft.amount, minor_units=payer.minor_units)
    if fault:
        return Outcome(id=payer.place, code=errors.MALFORMED_AMOUNT, facts=fault)
    for key in draft.invoice_ids:
        debt = debts.get(key)
        if debt is None or debt.customer_id != draft.customer_id:
            return Outcome(id=payer.place, code=errors.UNKNOWN_INVOICE, facts={"invoice": key})
        if debt.invoice_state != InvoiceState.POSTED:
            return Outcome(id=payer.place, code=errors.NOT_POSTED, facts={"invoice": key})
        if left[key] <= 0:
            return Outcome(id=payer.place, code=errors.ALREADY_SETTLED, facts={"invoice": key})
    return None


def money_of(act: Act, place: int, draft: PaymentDraft) -> Money:
    """A payment as money to be applied; its source is its position."""
    return Money(place, draft.customer_id, draft.amount, draft.received_on or act.on, tuple(draft.invoice_ids))


def write_payments(
    act: Act, payments: Sequence[PaymentDraft], numbers: Mapping[int, str], applied: Sequence[Share]
) -> dict[int, int]:
    """Write the payments that have a number, with what of them is applied, in one statement; returns their ids by position."""
    if not numbers:
        return {}
    used: dict[int, Decimal] = defaultdict(Decimal)
    moved: dict[int, date] = {}
    for share in applied:
        used[share.source] += share.amount
        moved[share.source] = max(act.on, share.since_on, moved.get(share.source, act.on))
    columns: dict[str, list[Any]] = defaultdict(list)
    for place, number in numbers.items():
        draft = payments[place]
        columns["numbers"].append(number)
        columns["external_refs"].append(draft.external_ref)
        columns["customer_ids"].append(draft.customer_id)
        columns["methods"].append(draft.method)
        columns["notes"].append(draft.reference[:140])
        columns["received_ons"].append(draft.received_on or act.on)
        columns["amounts"].append(draft.amount)
        columns["applied"].append(used[place])
        columns["moved_ons"].append(moved.get(place))
        columns["generated"].append(draft.is_generated)
    written = sql.rows(
        "finance/write_payments",
        Taken,
        company_id=act.company_id,
        actor_id=act.actor_id,
        at=act.at,
        settled_on=act.on,
        sources=[numbers[share.source] for share in applied],
        receivable_ids=[share.debt.receivable_id for share in applied],
        shares=[share.amount for share in applied],
        reasons=["named" if payments[share.source].invoice_ids else "oldest_due" for share in applied],
        applied_ons=[max(act.on, share.since_on) for share in applied],
        **columns,
    )
    ids = {row.number: row.id for row in written}
    return {place: ids[number] for place, number in numbers.items()}


def entry_of(act: Act, draft: PaymentDraft, payment_id: int, number: str) -> Posting:
    """The entry of a payment: money comes in, and the customer owes less."""
    lines = [(MONEY_ROLES[draft.method], draft.amount), ("receivable", -draft.amount)]
    day = draft.received_on or act.on
    return Posting(PAYMENT, "payment", payment_id, number, day, lines, customer_id=draft.customer_id)
