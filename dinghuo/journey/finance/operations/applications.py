"""What money and credits settle."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from dinghuo.journey.finance import errors
from dinghuo.journey.finance.operations.invoices import Key
from dinghuo.journey.finance.rules import Debt, Money, Share, shares
from dinghuo.kernel import journal, sql
from dinghuo.kernel.errors import Outcome, missing
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act


@dataclass(frozen=True, slots=True)
class LockedPayment:
    """A payment that this transaction has locked."""

    id: int
    number: str
    customer_id: int
    received_on: date
    money_left: Decimal


@transaction.atomic
def apply_payments(*, act: Act, payment_ids: Sequence[int] | None = None) -> list[Outcome]:
    """Apply what is left of payments to their customers' open receivables, oldest due first.

    None named: everything that is left, credit notes before payments. An outcome's id is the payment's (a credit
    note's, where the facts say so), its facts the amount applied. Refuses with `nothing_left` or `nothing_open`.
    Rule: docs/rules/finance.md.
    """
    if payment_ids is None:
        settling = [row.id for row in sql.rows("finance/customers_to_settle", Key, company_id=act.company_id)]
        payments = sql.rows("finance/lock_payments_of_customers", LockedPayment, company_id=act.company_id, customer_ids=settling)
    else:
        payments = sql.rows("finance/lock_payments", LockedPayment, company_id=act.company_id, payment_ids=list(payment_ids))
        settling = [row.customer_id for row in payments if row.money_left > 0]
    debts = lock_receivables(act, settling).values()

    # A credit's source is its document, negative, so that it is never taken for a payment.
    owed_by_us = [Money(-debt.invoice_id, debt.customer_id, -debt.open, debt.issued_on) for debt in debts if debt.open < 0]
    left = [Money(row.id, row.customer_id, row.money_left, row.received_on) for row in payments if row.money_left > 0]
    applied = shares(left if payment_ids is not None else owed_by_us + left, list(debts))

    write_applications(act, applied, {debt.invoice_id: debt for debt in debts})

    record_applications(act, "payment", ((share.source, share) for share in applied if share.source > 0))
    record_applications(act, "sales_invoice", ((-share.source, share) for share in applied if share.source < 0))
    done = outcomes_of(applied)
    refused = refusals(payments, {outcome.id for outcome in done}) if payment_ids is not None else []
    return done + refused + missing(payment_ids, (row.id for row in payments))


def lock_receivables(act: Act, customer_ids: Iterable[int], invoice_ids: Iterable[int] = ()) -> dict[int, Debt]:
    """Lock all that is open of some customers and the receivables of some invoices, by invoice; credits are negative."""
    found = sql.rows(
        "finance/lock_receivables",
        Debt,
        company_id=act.company_id,
        customer_ids=sorted(set(customer_ids)),
        invoice_ids=sorted(set(invoice_ids)),
    )
    return {row.invoice_id: row for row in found}


def write_applications(act: Act, applied: Sequence[Share], debts: dict[int, Debt]) -> None:
    """Write applications and what they settle, in one statement; a negative source is the document of a credit."""
    sql.execute(
        "finance/write_applications",
        company_id=act.company_id,
        actor_id=act.actor_id,
        at=act.at,
        settled_on=act.on,
        payment_ids=[share.source if share.source > 0 else None for share in applied],
        credit_ids=[debts[-share.source].receivable_id if share.source < 0 else None for share in applied],
        receivable_ids=[share.debt.receivable_id for share in applied],
        shares=[share.amount for share in applied],
        reasons=["oldest_due" if share.source > 0 else "credit" for share in applied],
        applied_ons=[max(act.on, share.since_on) for share in applied],
    )


def record_applications(act: Act, document: str, applied: Iterable[tuple[int, Share]]) -> None:
    """Record PaymentApplied for each (document, share), on the timeline of the order that was paid."""
    events = [
        Happened(key, share.debt.order_id, {"invoice": share.debt.invoice_id, "amount": share.amount}) for key, share in applied
    ]
    journal.record(act, "PaymentApplied", document, events)


def outcomes_of(applied: Iterable[Share]) -> list[Outcome]:
    """One outcome for each money that was applied, with how much of it."""
    amounts: dict[int, Decimal] = defaultdict(Decimal)
    for share in applied:
        amounts[share.source] += share.amount
    return [
        Outcome(id=abs(source), facts={"source": "payment" if source > 0 else "credit_note", "amount": amount})
        for source, amount in amounts.items()
    ]


def refusals(payments: Iterable[LockedPayment], applied: set[int]) -> list[Outcome]:
    """Why named payments settled nothing."""
    return [
        Outcome(
            id=row.id,
            code=errors.NOTHING_OPEN if row.money_left > 0 else errors.NOTHING_LEFT,
            facts={"number": row.number},
        )
        for row in payments
        if row.id not in applied
    ]
