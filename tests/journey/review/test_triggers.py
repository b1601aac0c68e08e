"""What lifts a hold by itself, and what brings it back: each cause of E1.16 on real rows, judged by the conveyor."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dinghuo.journey.allocation.operations import allocate_orders
from dinghuo.journey.finance.models import Dispute, Receivable, SalesInvoice
from dinghuo.journey.finance.operations import (
    DisputeDraft,
    apply_payments,
    close_disputes,
    install_accounts,
    open_disputes,
    take_payments,
)
from dinghuo.journey.finance.rules import PaymentDraft
from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.journey.ordering.operations import amend_order, copy_order, submit_orders
from dinghuo.journey.ordering.rules import Amendment, ShipTo
from dinghuo.journey.reactions import run_ready, withdraw_orders
from dinghuo.journey.review.models import Hold, Review, ReviewRule
from dinghuo.journey.review.operations import (
    RuleDraft,
    add_rule,
    change_rule,
    retire_rule,
    review_held_orders,
    review_orders,
)
from dinghuo.journey.shipping.operations import make_shipping_notices
from dinghuo.kernel.models import Event
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company, Customer
from dinghuo.reference.operations.masters import change_customer
from tests.builders import TODAY, a_carrier, a_code, a_customer, a_product, a_warehouse, an_act, an_order, document_of, some_stock
from tests.journey.review.approving import a_person, an_order_of, approve, reviewed, steps_of, the_matrix


def owed(act: Act, customer: Customer, amount: int, *, days_late: int = 0) -> SalesInvoice:
    """A posted invoice of that amount, so many days late."""
    due_on = TODAY - timedelta(days=days_late)
    number = a_code("SI")
    invoice = SalesInvoice.objects.create(
        company_id=act.company_id, customer=customer, currency_id="CNY", drafted_at=act.at, issued_on=due_on, due_on=due_on,
        amount_net=amount, amount_tax=0, amount_gross=amount, state="posted", posted_at=act.at, number=number,
        series_year=2026, series_number=int(number[2:]),
    )  # fmt: skip
    Receivable.objects.create(
        company_id=act.company_id, invoice=invoice, customer=customer, issued_on=invoice.issued_on, due_on=due_on, amount=amount
    )
    return invoice


def submitted(act: Act, company: Company, customer: Customer, net: int) -> int:
    """A submitted order of that amount, without tax."""
    product = a_product(company, list_price=Decimal(1), tax_rate=Decimal(0))
    order_id = an_order(act, customer, a_warehouse(company), [(product, net)])
    submit_orders(act=act, order_ids=[order_id])
    return order_id


def held(act: Act, company: Company, customer: Customer, *nets: int) -> list[int]:
    """Orders that the review holds, in this order."""
    ids = [submitted(act, company, customer, net) for net in nets]
    review_orders(act=act, order_ids=ids)
    assert states(ids) == ["held"] * len(ids)
    return ids


def states(order_ids: list[int]) -> list[str]:
    """Where orders are, in the order asked."""
    found = SalesOrder.objects.in_bulk(order_ids)
    return [found[key].state for key in order_ids]


def standing_rule(order_id: int) -> str:
    """The rule that alone holds an order."""
    (code,) = Hold.objects.filter(order_id=order_id, lifted_at=None).values_list("rule__code", flat=True)
    return str(code)


def conveyor(act: Act) -> None:
    """One pass of the review's lines of the conveyor."""
    run_ready(act=act, only=("review", "review_again"))


def test_a_payment_lifts_the_holds_oldest_first_while_room_lasts(company: Company, act: Act) -> None:
    install_accounts(act=act)
    customer = a_customer(company, credit_limit=Decimal(20_000))
    invoice = owed(act, customer, 20_000)
    ids = held(act, company, customer, 6_000, 7_000, 3_000)
    conveyor(act)
    assert states(ids) == ["held"] * 3
    take_payments(act=act, payments=[PaymentDraft(customer.pk, Decimal(10_000), "bank_transfer", invoice_ids=[invoice.pk])])
    apply_payments(act=act)
    conveyor(act)
    assert states(ids) == ["released", "held", "released"]  # E1.16: room for 10,000
    assert [hold.order_id for hold in Hold.objects.filter(lifted_at=None)] == [ids[1]]


def raise_limit(act: Act, customer: Customer) -> None:
    change_customer(act=act, customer_id=customer.pk, fields={"credit_limit": Decimal(30_000)})


def dispute_all(act: Act, customer: Customer) -> None:
    for invoice in SalesInvoice.objects.filter(customer=customer):
        assert open_disputes(act=act, drafts=[DisputeDraft(invoice.pk, "goods broken")])[0].done


def raise_pool(act: Act, customer: Customer) -> None:
    Customer.objects.filter(id__in=[customer.parent_id or 0]).update(group_credit_limit=Decimal(50_000))


def retire(act: Act, customer: Customer) -> None:
    for rule in ReviewRule.objects.filter(company_id=act.company_id, code__in=("credit", "late", "pool"), retired_at=None):
        assert retire_rule(act=act, rule_id=rule.pk).done


def soften(act: Act, customer: Customer) -> None:
    rule = ReviewRule.objects.get(company_id=act.company_id, code="credit", retired_at=None)
    softer = RuleDraft("credit", "credit", severity="warn")
    assert change_rule(act=act, rule_id=rule.pk, draft=softer).done


CURES: list[tuple[str, Callable[[Act, Customer], None]]] = [
    ("limit", raise_limit), ("late", dispute_all), ("pool", raise_pool), ("limit", retire), ("late", retire), ("limit", soften),
]  # fmt: skip


@pytest.mark.parametrize(("cause", "cure"), CURES, ids=[f"{cause}-{cure.__name__}" for cause, cure in CURES])
def test_each_cure_lifts_the_hold_and_is_on_record(
    company: Company, act: Act, cause: str, cure: Callable[[Act, Customer], None]
) -> None:
    parent = a_customer(company, group_credit_limit=Decimal(9_000) if cause == "pool" else None)
    customer = a_customer(company, parent=parent, credit_limit=Decimal(9_000) if cause == "limit" else None)
    owed(act, customer, 8_000, days_late=40 if cause == "late" else 0)
    if cause == "late":
        add_rule(act=act, draft=RuleDraft("late", "oldest_item", {"days": 30}))
    if cause == "pool":
        add_rule(act=act, draft=RuleDraft("pool", "group_limit"))
    (order_id,) = held(act, company, customer, 4_000)
    cure(act, customer)
    conveyor(act)
    assert states([order_id]) == ["released"]
    hold = Hold.objects.get(order_id=order_id)
    assert hold.lifted_because == "cause_gone"
    assert list(Review.objects.filter(order_id=order_id).order_by("id").values_list("cause", flat=True)) == ["submitted", "again"]


def test_what_does_not_cure_the_cause_leaves_the_hold(company: Company, act: Act) -> None:
    customer = a_customer(company, credit_limit=Decimal(9_000))
    owed(act, customer, 8_000)
    (order_id,) = held(act, company, customer, 4_000)
    change_customer(act=act, customer_id=customer.pk, fields={"credit_limit": Decimal(11_999)})
    dispute_all(act, customer)
    conveyor(act)
    assert states([order_id]) == ["held"], "a disputed item is owed all the same"


def test_the_hold_returns_with_its_cause_when_the_dispute_ends(company: Company, act: Act) -> None:
    customer = a_customer(company)
    invoice = owed(act, customer, 4_500, days_late=36)
    points = ("submit", "release_to_pick")
    add_rule(act=act, draft=RuleDraft("late", "oldest_item", {"days": 3, "tolerance": "10"}, check_points=points))
    warehouse, product = a_warehouse(company), a_product(company)
    a_carrier(company)
    some_stock(act, warehouse, product, 10)
    order_id = an_order(act, customer, warehouse, [(product, 5)])
    submit_orders(act=act, order_ids=[order_id])
    review_orders(act=act, order_ids=[order_id])
    assert states([order_id]) == ["held"]

    (opened,) = open_disputes(act=act, drafts=[DisputeDraft(invoice.pk, "short delivery")])
    conveyor(act)
    assert states([order_id]) == ["released"]
    assert close_disputes(act=act, dispute_ids=[document_of(opened)], resolution="delivered in full")[0].done
    allocate_orders(act=act, order_ids=[order_id])
    assert make_shipping_notices(act=act, order_ids=[order_id])[0].code == "stopped_before_picking"
    assert standing_rule(order_id) == "late"

    assert open_disputes(act=act, drafts=[DisputeDraft(invoice.pk, "still short")])[0].done
    assert make_shipping_notices(act=act, order_ids=[order_id])[0].done
    assert not Hold.objects.filter(order_id=order_id, lifted_at=None).exists()


def test_a_hold_returns_when_the_grace_of_a_release_is_over(company: Company, act: Act) -> None:
    add_rule(act=act, draft=RuleDraft("late", "oldest_item", {"days": 3, "grace_days": 5}))
    customer = a_customer(company, is_blocked=True)
    owed(act, customer, 4_500, days_late=36)
    (order_id,) = held(act, company, customer, 100)
    # A person let the order go for being late; it still waits, for the customer is blocked.
    Hold.objects.filter(order_id=order_id, rule__code="late").update(lifted_at=act.at, lifted_because="paid tomorrow")
    Customer.objects.filter(pk=customer.pk).update(is_blocked=False)
    for days, state in ((6, "held"), (4, "released")):
        later = an_act(company, on=TODAY + timedelta(days=days))
        review_held_orders(act=later, order_ids=[order_id])
        assert states([order_id]) == [state], f"on day {days}"  # E1.14
        if state == "held":
            assert standing_rule(order_id) == "late"
            Hold.objects.filter(order_id=order_id, lifted_at=None).delete()


@pytest.mark.parametrize("undone", ["copied", "amended"])
def test_an_order_that_is_opened_again_is_new_demand(company: Company, act: Act, undone: str) -> None:
    customer = a_customer(company, credit_limit=Decimal(10_000))
    first = submitted(act, company, customer, 6_000)
    review_orders(act=act, order_ids=[first])
    if undone == "copied":
        withdraw_orders(act=act, order_ids=[first], reason="closed")
    else:
        assert amend_order(act=act, order_id=first, amendment=Amendment(1, payment_terms_days=20, reason="opened")).done
    second = submitted(act, company, customer, 6_000)
    assert review_orders(act=act, order_ids=[second])[0].facts["state"] == "released", "the closed one takes no room"
    again = document_of(copy_order(act=act, order_id=first)) if undone == "copied" else first
    if undone == "copied":
        submit_orders(act=act, order_ids=[again])
    (reviewed,) = review_orders(act=act, order_ids=[again])
    assert reviewed.facts == {"state": "held", "rules": ["credit"]}  # E1.18


def test_only_what_an_amendment_of_terms_changed_is_reviewed_again(company: Company, act: Act) -> None:
    add_rule(act=act, draft=RuleDraft("terms", "terms"))
    product = a_product(company, case_quantity=Decimal(12))
    customer = a_customer(company)
    order_id = an_order(act, customer, a_warehouse(company), [(product, 50)])
    submit_orders(act=act, order_ids=[order_id])
    assert review_orders(act=act, order_ids=[order_id])[0].facts["state"] == "released"
    add_rule(act=act, draft=RuleDraft("cases", "cases"))
    assert amend_order(act=act, order_id=order_id, amendment=Amendment(1, payment_terms_days=20)).done
    assert review_orders(act=act, order_ids=[order_id])[0].facts["state"] == "released", "no line was touched"
    assert amend_order(act=act, order_id=order_id, amendment=Amendment(2, payment_terms_days=60)).done
    assert review_orders(act=act, order_ids=[order_id])[0].facts == {"state": "held", "rules": ["terms"]}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"reason": " "}, "reason_missing"),
        ({"reason": "x" * 301}, "reason_missing"),
        ({"amount": Decimal(0)}, "malformed_amount"),
        ({"amount": Decimal(101)}, "malformed_amount"),
        ({"invoice_id": 10**15}, "unknown_invoice"),
    ],
)
def test_a_dispute_that_cannot_be_is_refused_and_nothing_changes(
    company: Company, act: Act, given: dict[str, Any], code: str
) -> None:
    invoice = owed(act, a_customer(company), 100)
    draft = DisputeDraft(**{"invoice_id": invoice.pk, "reason": "broken", **given})
    assert open_disputes(act=act, drafts=[draft])[0].code == code
    assert not Dispute.objects.filter(company_id=company.id).exists()


def test_an_invoice_is_disputed_once_and_a_dispute_closed_once(company: Company, act: Act) -> None:
    invoice = owed(act, a_customer(company), 100)
    first, twice = open_disputes(
        act=act, drafts=[DisputeDraft(invoice.pk, "broken", Decimal(40)), DisputeDraft(invoice.pk, "late")]
    )
    assert (first.code, twice.code) == ("done", "already_disputed")
    assert open_disputes(act=act, drafts=[DisputeDraft(invoice.pk, "again")])[0].code == "already_disputed"
    key = document_of(first)
    assert close_disputes(act=act, dispute_ids=[key], resolution="")[0].code == "reason_missing"
    codes = [row.code for row in close_disputes(act=act, dispute_ids=[key, 10**15], resolution="credited")]
    assert codes == ["done", "not_found"]
    assert close_disputes(act=act, dispute_ids=[key], resolution="credited")[0].code == "already_closed"
    kinds = list(Event.objects.filter(document="sales_invoice").order_by("id").values_list("kind", flat=True))
    assert kinds == ["DisputeOpened", "DisputeClosed"]
    assert open_disputes(act=act, drafts=[DisputeDraft(invoice.pk, "once more")])[0].done


@pytest.mark.parametrize("orders", [1, 12])
def test_a_set_is_withdrawn_in_as_many_statements_as_one_order(company: Company, act: Act, orders: int) -> None:
    warehouse, product, customer = a_warehouse(company), a_product(company), a_customer(company)
    a_carrier(company)
    some_stock(act, warehouse, product, 1_000)
    ids = [an_order(act, customer, warehouse, [(product, 5)] * 3) for _ in range(orders)]
    submit_orders(act=act, order_ids=ids)
    review_orders(act=act, order_ids=ids)
    allocate_orders(act=act, order_ids=ids)
    make_shipping_notices(act=act, order_ids=ids)
    with CaptureQueriesContext(connection) as statements:
        outcomes = withdraw_orders(act=act, order_ids=ids, reason="too late")
    assert [row.code for row in outcomes] == ["done"] * orders
    assert len(statements) == 16


@pytest.mark.parametrize(
    ("change", "is_void"),
    [
        ({"payment_terms_days": 60}, True),
        ({"payment_terms_days": 20}, False),
        ({"ship_to": ShipTo("Elsewhere", "9 Other Road", "Ningbo", "CN")}, True),
        ({"ship_to": ShipTo("", "", "", "CN", "", "315000")}, True),
    ],
)
def test_an_approval_is_void_when_terms_or_address_get_worse(
    company: Company, act: Act, change: dict[str, Any], is_void: bool
) -> None:
    the_matrix(act)
    order_id = an_order_of(act, company, 20_000)
    assert reviewed(act, order_id) == "held"
    credit = a_person(company, "credit")
    approve(act, steps_of(order_id)[0], credit)
    if "ship_to" in change and not change["ship_to"].name:
        order = SalesOrder.objects.get(id=order_id)
        change = {"ship_to": replace(change["ship_to"], name=order.ship_to_name)}
    assert amend_order(act=act, order_id=order_id, amendment=Amendment(1, reason="asked", **change)).done
    assert reviewed(act, order_id) == ("held" if is_void else "released")  # E3.3
    assert Event.objects.filter(kind="ApprovalVoided", journey_id=order_id).exists() is is_void
