"""Money settles what it was sent for, else what is due first, and never twice."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dinghuo.journey.finance import queries
from dinghuo.journey.finance.models import JournalLine, Payment, PaymentApplication, Receivable, SalesInvoice
from dinghuo.journey.finance.operations import apply_payments, draft_credit_notes, draft_invoices, post_invoices, take_payments
from dinghuo.journey.finance.rules import PaymentDraft
from dinghuo.kernel import tenancy
from dinghuo.kernel.errors import Refused, the_only
from dinghuo.kernel.models import Event
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company, Customer
from tests.builders import TODAY, a_company, a_customer, an_act, document_of
from tests.journey.finance.goods import came_back, posted, sold


def owing(act: Act, customer: Customer, *nets: int) -> list[int]:
    """Posted invoices of a customer of these net amounts, without tax, each due a day after the one before; their ids."""
    made = [sold(act, [(net,)], customer=customer, price="1", rate="0") for net in nets]
    ids = []
    for days, order in enumerate(made):
        on = act.on + timedelta(days)
        (draft,) = draft_invoices(act=replace(act, on=on), shipment_ids=order.shipment_ids)
        ids.append(draft.document_id or 0)
    post_invoices(act=act, invoice_ids=ids)
    return ids


def open_of(invoice_ids: list[int]) -> list[Decimal]:
    """What is open of each invoice."""
    debts = {row.invoice_id: row.amount - row.applied for row in Receivable.objects.filter(invoice_id__in=invoice_ids)}
    return [debts[key] for key in invoice_ids]


def pay(customer: Customer, amount: str, *invoices: int, external_ref: str | None = None) -> PaymentDraft:
    """A bank transfer of a customer."""
    return PaymentDraft(customer.id, Decimal(amount), "bank_transfer", external_ref=external_ref, invoice_ids=invoices)


def test_money_without_a_purpose_settles_the_oldest_due_first(company: Company, act: Act) -> None:
    customer = a_customer(company)
    ids = owing(act, customer, 30, 20, 50)
    (outcome,) = take_payments(act=act, payments=[pay(customer, "45.50")])
    assert open_of(ids) == [0, Decimal("4.50"), 50]
    assert Receivable.objects.get(invoice_id=ids[0]).settled_on == act.on
    payment = Payment.objects.get(pk=document_of(outcome))
    assert (payment.number, payment.amount, payment.applied, payment.received_on) == (
        "PAY2026-000001", Decimal("45.50"), Decimal("45.50"), act.on,
    )  # fmt: skip
    events = Event.objects.filter(kind="PaymentApplied", document_id=payment.id)
    orders = [SalesInvoice.objects.get(pk=key).order_id for key in ids[:2]]
    assert [event.journey_id for event in events.order_by("id")] == orders
    assert Event.objects.get(kind="PaymentTaken").facts == {"number": "PAY2026-000001", "amount": "45.50"}


def test_money_for_named_invoices_goes_to_them_in_their_order_and_to_no_other(company: Company, act: Act) -> None:
    customer = a_customer(company)
    ids = owing(act, customer, 30, 20, 50)
    (outcome,) = take_payments(act=act, payments=[pay(customer, "80", ids[2], ids[1])])
    assert open_of(ids) == [30, 0, 0]
    payment = Payment.objects.get(pk=document_of(outcome))
    assert payment.amount - payment.applied == 10, "what is left stays the customer's"
    reasons = PaymentApplication.objects.order_by("id").values_list("reason", "amount")
    assert list(reasons) == [("named", 50), ("named", 20)]


@pytest.mark.parametrize(
    ("method", "role"),
    [("cash", "cash"), ("bank_transfer", "bank"), ("card", "card_clearing"), ("cheque", "cheque_clearing")],
)
def test_money_is_booked_where_it_waits(company: Company, act: Act, method: str, role: str) -> None:
    customer = a_customer(company)
    draft = PaymentDraft(customer.id, Decimal(7), method, received_on=date(2026, 2, 1), reference="x", is_generated=True)
    take_payments(act=act, payments=[draft])
    lines = {line.account.role: (line.amount, line.customer_id) for line in JournalLine.objects.select_related("account")}
    assert lines == {role: (7, customer.id), "receivable": (-7, customer.id)}
    assert Payment.objects.get().is_generated


def test_a_repeat_gives_the_payment_of_the_first_time(company: Company, act: Act) -> None:
    customer = a_customer(company)
    draft = pay(customer, "5", external_ref="bank-1")
    first, inside = take_payments(act=act, payments=[draft, draft])
    (again,) = take_payments(act=act, payments=[draft])
    assert first.document_id == inside.document_id == again.document_id
    assert Payment.objects.count() == 1


def test_paying_a_settled_invoice_is_refused_as_a_whole(company: Company, act: Act) -> None:
    customer = a_customer(company)
    settled, unpaid = owing(act, customer, 10, 20)
    first, second = take_payments(act=act, payments=[pay(customer, "10", settled), pay(customer, "15", unpaid, settled)])
    assert (first.done, second.code, second.facts) == (True, "already_settled", {"invoice": settled})
    with pytest.raises(Refused) as refusal:
        the_only(take_payments(act=act, payments=[pay(customer, "10", settled)]))
    assert (refusal.value.reason, refusal.value.status) == ("already_settled", 409)
    assert Payment.objects.count() == 1
    assert open_of([unpaid]) == [20]


def test_a_payment_that_cannot_be_is_refused_alone(company: Company, act: Act) -> None:
    customer = a_customer(company)
    (debt,) = owing(act, customer, 10)
    (draft,) = draft_invoices(act=act, shipment_ids=sold(act, customer=customer).shipment_ids)
    good = pay(customer, "1")
    payments = [
        replace(good, customer_id=2**40),
        replace(good, method="barter"),
        replace(good, amount=Decimal(0)),
        replace(good, amount=Decimal(-1)),
        replace(good, amount=Decimal("0.001")),
        replace(good, amount=Decimal("NaN")),
        replace(good, amount=Decimal("1e30")),
        replace(good, invoice_ids=[2**40]),
        replace(good, customer_id=a_customer(company).id, invoice_ids=[debt]),
        replace(good, invoice_ids=[draft.document_id or 0]),
        good,
    ]
    outcomes = take_payments(act=act, payments=payments)
    assert [outcome.id for outcome in outcomes] == list(range(len(payments)))
    assert [outcome.code for outcome in outcomes] == [
        "unknown_customer", "unknown_method", *["malformed_amount"] * 5, "unknown_invoice", "unknown_invoice", "not_posted", "done",
    ]  # fmt: skip
    assert open_of([debt]) == [9]


def test_money_that_came_before_the_invoice_is_applied_when_there_is_one(company: Company, act: Act) -> None:
    customer = a_customer(company)
    (early,) = take_payments(act=act, payments=[pay(customer, "25")])
    assert apply_payments(act=act) == []
    ids = owing(act, customer, 10, 20)
    (outcome,) = apply_payments(act=act)
    assert (outcome.id, outcome.facts) == (early.document_id, {"source": "payment", "amount": Decimal(25)})
    assert open_of(ids) == [0, 5]
    codes = [row.code for row in apply_payments(act=act, payment_ids=[early.document_id or 0, 2**40])]
    assert codes == ["nothing_left", "not_found"]
    (late,) = take_payments(act=act, payments=[pay(customer, "5", *ids[1:])])
    (rest,) = take_payments(act=act, payments=[pay(customer, "5")])
    assert late.done
    assert [row.code for row in apply_payments(act=act, payment_ids=[rest.document_id or 0])] == ["nothing_open"]


def test_money_can_be_taken_without_applying_it(company: Company, act: Act) -> None:
    customer = a_customer(company)
    ids = owing(act, customer, 10)
    (taken,) = take_payments(act=act, payments=[pay(customer, "4")], apply=False)
    assert open_of(ids) == [10]
    apply_payments(act=act, payment_ids=[taken.document_id or 0])
    assert open_of(ids) == [6]


def test_a_credit_note_settles_what_its_customer_owes(company: Company, act: Act) -> None:
    customer = a_customer(company)
    made = sold(act, [(3,)], customer=customer)
    (invoice,) = posted(act, made)
    draft_credit_notes(act=act, return_ids=[came_back(act, made, [1]).id])
    (note,) = post_invoices(act=act)
    (outcome,) = apply_payments(act=act)
    assert (outcome.id, outcome.facts) == (note.id, {"source": "credit_note", "amount": Decimal("11.300")})
    assert open_of([invoice, note.id]) == [Decimal("22.60"), 0]
    application = PaymentApplication.objects.get()
    assert (application.credit_id, application.reason) == (Receivable.objects.get(invoice_id=note.id).id, "credit")


def test_receivables_age_by_the_days_after_they_are_due(company: Company, act: Act) -> None:
    customer = a_customer(company)
    ids = owing(act, customer, 1, 2, 4, 8, 16)
    for key, overdue in zip(ids, (0, 1, 31, 90, 91), strict=True):
        Receivable.objects.filter(invoice_id=key).update(due_on=TODAY - timedelta(overdue))
    take_payments(act=act, payments=[pay(customer, "3")], apply=False)
    (row,) = queries.receivables_by_age(company_id=company.id, on=TODAY)
    assert (row.current, row.days_1_to_30, row.days_31_to_60, row.days_61_to_90, row.days_over_90) == tuple(
        map(Decimal, (1, 2, 4, 8, 16))
    )
    assert (row.credit, row.unapplied) == (Decimal(0), Decimal(3))
    assert queries.receivables_by_age(company_id=company.id, on=TODAY, customer_ids=[2**40]) == []


def test_money_of_another_company_s_customer_is_unknown(company: Company, act: Act) -> None:
    customer = a_customer(company)
    other = a_company()
    with tenancy.acting_for(other.id):
        (outcome,) = take_payments(act=an_act(other), payments=[pay(customer, "5")])
    assert outcome.code == "unknown_customer"


@pytest.mark.parametrize("count", [1, 30])
def test_payments_take_the_same_statements_for_one_and_for_many(company: Company, act: Act, count: int) -> None:
    customers = [a_customer(company) for _ in range(count)]
    for customer in customers:
        owing(act, customer, 10, 20)
    with CaptureQueriesContext(connection) as taking:
        take_payments(act=act, payments=[pay(customer, "15") for customer in customers])
    take_payments(act=act, payments=[pay(customer, "15") for customer in customers], apply=False)
    with CaptureQueriesContext(connection) as applying:
        assert len(apply_payments(act=act)) == count
    assert (len(taking), len(applying)) == (7, 5)
