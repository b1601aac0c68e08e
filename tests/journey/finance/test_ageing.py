"""What customers owed on a past day is what the ledger of that day says, item by item as a patient clerk would count it."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dinghuo.journey.finance import queries
from dinghuo.journey.finance.ageing import COLUMNS, Aged, ItemsWanted, OpenItem, aged_receivables, open_items, summed
from dinghuo.journey.finance.models import JournalLine, Payment, PaymentApplication, PaymentReversal, Receivable
from dinghuo.journey.finance.operations import apply_payments, draft_credit_notes, draft_invoices, post_invoices, take_payments
from dinghuo.journey.finance.operations.entries import Posting, lock_journal, write_entries
from dinghuo.journey.finance.rules import PaymentDraft
from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.kernel import sql
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company, Customer
from tests.builders import a_customer, document_of
from tests.journey.finance.goods import came_back, sold

DAYS = 120


def owing_since(act: Act, customer: Customer, net: int, on: date) -> int:
    """A posted invoice without tax, issued on a day; its id."""
    order = sold(act, [(net,)], customer=customer, price="1", rate="0")
    SalesOrder.objects.filter(id=order.order_id).update(payment_terms_days=customer.payment_terms_days)
    (draft,) = draft_invoices(act=replace(act, on=on), shipment_ids=order.shipment_ids)
    post_invoices(act=act, invoice_ids=[draft.document_id or 0])
    return draft.document_id or 0


def paid_on(act: Act, customer: Customer, amount: int, on: date, *invoices: int, applied: bool = True) -> int:
    """A payment that was received and applied on a day; its id."""
    draft = PaymentDraft(customer.id, Decimal(amount), "bank_transfer", received_on=on, invoice_ids=invoices)
    (outcome,) = take_payments(act=replace(act, on=on), payments=[draft], apply=applied)
    return document_of(outcome)


def taken_back(act: Act, payment_id: int, on: date) -> None:
    """A payment reversed whole on a day, with its entry, as an unmatched line of a bank statement reverses it."""
    payment = Payment.objects.get(id=payment_id)
    on = max(on, payment.received_on)
    lock_journal(act)
    told = {"company_id": act.company_id, "actor_id": act.actor_id, "at": act.at}
    sql.execute("finance/reverse_payments", **told, reversed_on=on, reason="not theirs", payment_ids=[payment_id])
    lines = [("receivable", payment.amount), ("bank", -payment.amount)]
    entry = Posting("payment_reversal", "payment", payment_id, payment.number, on, lines, customer_id=payment.customer_id)
    write_entries(act, [entry])


def column_of(due_on: date, on: date) -> str:
    days = (on - due_on).days
    return next(
        name for name, most in (("current", 0), ("1-30", 30), ("31-60", 60), ("61-90", 90), ("over-90", 10**6)) if days <= most
    )


def counted(on: date) -> dict[int, dict[str, Decimal]]:
    """Each customer's columns on a day, by going through every document and every application."""
    found: dict[int, dict[str, Decimal]] = defaultdict(lambda: dict.fromkeys(COLUMNS, Decimal(0)))
    applications = [row for row in PaymentApplication.objects.all() if row.applied_on <= on]
    for debt in Receivable.objects.select_related("invoice"):
        if debt.invoice.issued_on > on:
            continue
        applied = sum((row.amount for row in applications if row.receivable_id == debt.id), Decimal(0))
        applied -= sum((row.amount for row in applications if row.credit_id == debt.id), Decimal(0))
        if debt.amount > 0:
            found[debt.customer_id][column_of(debt.due_on, on)] += debt.amount - applied
        else:
            found[debt.customer_id]["credit_notes"] -= debt.amount - applied
    for payment in Payment.objects.all():
        if payment.received_on <= on:
            used = sum((row.amount for row in applications if row.payment_id == payment.id), Decimal(0))
            used += sum(row.amount for row in PaymentReversal.objects.filter(payment_id=payment.id, reversed_on__lte=on))
            found[payment.customer_id]["unapplied"] += payment.amount - used
    return {customer: columns for customer, columns in found.items() if any(columns.values())}


def ledger(on: date) -> dict[int, Decimal]:
    """What the receivables account held for each customer at the end of a day."""
    found: dict[int, Decimal] = defaultdict(Decimal)
    for line in JournalLine.objects.filter(account__role="receivable", entry__posted_on__lte=on):
        found[line.customer_id or 0] += line.amount
    return {customer: amount for customer, amount in found.items() if amount}


@pytest.fixture
def busy(company: Company, act: Act) -> Act:
    """Four months of invoices, credit notes, payments early, late, in part and ahead, and some taken back."""
    chance = Random(7)
    customers = [a_customer(company, payment_terms_days=days) for days in (0, 14, 30)]
    start = act.on
    for _step in range(24):
        customer, on = chance.choice(customers), start + timedelta(chance.randrange(DAYS))
        invoice = owing_since(act, customer, chance.randrange(5, 60), on)
        what = chance.randrange(5)
        later = on + timedelta(chance.randrange(-10, 60))
        if what == 0:
            paid_on(act, customer, chance.randrange(1, 40), later, invoice)
        elif what == 1:
            taken_back(act, paid_on(act, customer, chance.randrange(1, 90), later), later + timedelta(chance.randrange(-3, 30)))
        elif what == 2:
            paid_on(act, customer, chance.randrange(1, 90), later, applied=False)
        elif what == 3:
            apply_payments(act=replace(act, on=later))
    order = sold(act, [(40,)], customer=customers[0], price="1", rate="0")
    (draft,) = draft_invoices(act=act, shipment_ids=order.shipment_ids)
    post_invoices(act=act, invoice_ids=[draft.document_id or 0])
    (credit,) = draft_credit_notes(
        act=replace(act, on=start + timedelta(50)), return_ids=[came_back(act, order, [15], price="1", rate="0").id]
    )
    post_invoices(act=act, invoice_ids=[document_of(credit)])
    apply_payments(act=replace(act, on=start + timedelta(70)))
    return act


def test_every_past_day_is_aged_as_it_was_then_and_equals_the_ledger_of_that_day(busy: Act) -> None:
    days = [busy.on + timedelta(days) for days in range(-12, DAYS + 70, 3)]
    for on in days:
        rows = {row.customer_id: row for row in aged_receivables(company_id=busy.company_id, on=on)}
        assert {key: dict(row.cells) for key, row in rows.items()} == counted(on), on
        assert {key: row.balance for key, row in rows.items() if row.balance} == ledger(on), on
    balances = {row.role: row.amount for row in queries.trial_balance(company_id=busy.company_id, on=days[20])}
    assert summed(aged_receivables(company_id=busy.company_id, on=days[20]))["balance"] == balances["receivable"] != 0


def test_the_documents_behind_a_figure_come_to_the_figure(busy: Act) -> None:
    for on in (busy.on + timedelta(days) for days in (0, 40, 80, 120, 160)):
        sums = summed(aged_receivables(company_id=busy.company_id, on=on))
        for column in COLUMNS:
            sign = -1 if column in {"credit_notes", "unapplied"} else 1
            items = open_items(company_id=busy.company_id, wanted=ItemsWanted(on=on, column=column), count=1_000)
            assert sign * sum((item.open_amount for item in items), Decimal(0)) == sums[column], (on, column)


def test_one_customer_is_aged_as_among_all(busy: Act) -> None:
    on = busy.on + timedelta(60)
    for row in aged_receivables(company_id=busy.company_id, on=on):
        assert aged_receivables(company_id=busy.company_id, on=on, customer_ids=[row.customer_id]) == [row]


def test_items_come_by_the_page_without_a_gap_or_a_repeat(busy: Act) -> None:
    wanted = ItemsWanted(on=busy.on + timedelta(60))
    whole = open_items(company_id=busy.company_id, wanted=wanted, count=1_000)
    read: list[OpenItem] = []
    while page := open_items(company_id=busy.company_id, wanted=wanted, count=2):
        read += page
        wanted = replace(wanted, after=(page[-1].due_on, page[-1].document_id))
    assert read == whole
    assert len(whole) > 4


def test_a_debt_moves_from_age_to_age_and_leaves_on_the_day_it_is_paid(company: Company, act: Act) -> None:
    """The worked example of docs/rules/finance.md."""
    customer = a_customer(company, payment_terms_days=30)
    invoice = owing_since(act, customer, 100, date(2026, 1, 1))
    paid_on(act, customer, 40, date(2026, 2, 20), invoice)
    paid_on(act, customer, 60, date(2026, 5, 10), invoice)

    def aged(on: date) -> dict[str, Decimal]:
        rows: list[Aged] = aged_receivables(company_id=act.company_id, on=on)
        return {column: amount for row in rows for column, amount in row.cells if amount}

    assert aged(date(2025, 12, 31)) == {}
    assert aged(date(2026, 1, 31)) == {"current": 100}
    assert aged(date(2026, 2, 19)) == {"1-30": 100}
    assert aged(date(2026, 2, 20)) == {"1-30": 60}
    assert aged(date(2026, 3, 31)) == {"31-60": 60}
    assert aged(date(2026, 5, 9)) == {"over-90": 60}
    assert aged(date(2026, 5, 10)) == {}


def test_money_that_came_before_its_invoice_is_applied_on_the_invoices_day(company: Company, act: Act) -> None:
    customer = a_customer(company)
    invoice = owing_since(act, customer, 10, act.on + timedelta(5))
    paid_on(act, customer, 10, act.on, invoice)
    assert PaymentApplication.objects.get().applied_on == act.on + timedelta(5)
    (row,) = aged_receivables(company_id=act.company_id, on=act.on)
    assert (row.unapplied, row.balance) == (Decimal(10), Decimal(-10))


def test_the_ageing_is_one_statement(busy: Act) -> None:
    with CaptureQueriesContext(
        connection,
    ) as sent:
        aged_receivables(company_id=busy.company_id, on=busy.on + timedelta(60))
    assert len(sent) == 1
