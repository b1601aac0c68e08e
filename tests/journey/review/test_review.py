"""Review releases what it may, holds what it must, and can say why."""

import threading
from decimal import Decimal

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from dinghuo.journey.finance.models import Receivable, SalesInvoice
from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.journey.ordering.operations import submit_orders
from dinghuo.journey.review.models import Approval, Hold, Review, ReviewFinding
from dinghuo.journey.review.operations import install_rules, reject_orders, release_orders, review_held_orders, review_orders
from dinghuo.journey.review.rules import INSTALLED
from dinghuo.kernel import tenancy
from dinghuo.kernel.models import Event
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company, Customer
from tests.builders import TODAY, a_code, a_company, a_customer, a_product, a_warehouse, an_act, an_order


def submitted(act: Act, company: Company, customer: Customer, net: int) -> int:
    """A submitted order of that net amount, without tax."""
    product = a_product(company, list_price=Decimal(1), tax_rate=Decimal(0))
    order_id = an_order(act, customer, a_warehouse(company), [(product, net)])
    submit_orders(act=act, order_ids=[order_id])
    return order_id


def owes(act: Act, customer: Customer, amount: int) -> Receivable:
    """An open receivable of the customer."""
    invoice = SalesInvoice.objects.create(
        company_id=act.company_id, customer=customer, currency_id="CNY", drafted_at=act.at, issued_on=TODAY, due_on=TODAY,
        amount_net=amount, amount_tax=0, amount_gross=amount, state="posted", posted_at=act.at,
        number=(number := a_code("SI")), series_year=2026, series_number=int(number[2:]),
    )  # fmt: skip
    return Receivable.objects.create(
        company_id=act.company_id, invoice=invoice, customer=customer, issued_on=invoice.issued_on, due_on=TODAY, amount=amount
    )


def test_an_order_that_passes_every_rule_is_released_with_a_finding_for_each(company: Company, act: Act) -> None:
    order_id = submitted(act, company, a_customer(company), 100)
    (outcome,) = review_orders(act=act, order_ids=[order_id])
    assert outcome.facts == {"state": "released", "rules": []}
    review = Review.objects.get(order_id=order_id)
    assert ReviewFinding.objects.filter(review=review, outcome="pass").count() == len(INSTALLED)
    assert Event.objects.filter(journey_id=order_id, kind="OrderReleased").exists()


def test_credit_counts_open_orders_receivables_and_this_order(company: Company, act: Act) -> None:
    customer = a_customer(company, credit_limit=Decimal(80_000))
    owes(act, customer, 48_000)
    assert review_orders(act=act, order_ids=[submitted(act, company, customer, 30_000)])[0].facts["state"] == "released"
    held = submitted(act, company, customer, 4_000)
    assert review_orders(act=act, order_ids=[held])[0].facts == {"state": "held", "rules": ["credit"]}
    inputs = ReviewFinding.objects.get(review__order_id=held, outcome="hold").inputs
    assert {name: Decimal(inputs[name]) for name in ("exposure", "order", "total", "credit_limit")} == {
        "exposure": 78_000,
        "order": 4_000,
        "total": 82_000,
        "credit_limit": 80_000,
    }


def test_the_last_room_goes_to_the_order_that_came_first_and_smaller_ones_may_still_fit(company: Company, act: Act) -> None:
    customer = a_customer(company, credit_limit=Decimal(10_000))
    ids = [submitted(act, company, customer, net) for net in (6_000, 7_000, 3_000)]
    outcomes = {outcome.id: outcome.facts["state"] for outcome in review_orders(act=act, order_ids=ids)}
    assert [outcomes[key] for key in ids] == ["released", "held", "released"]


def test_a_held_order_is_released_by_itself_when_its_cause_is_gone(company: Company, act: Act) -> None:
    customer = a_customer(company, credit_limit=Decimal(1_000))
    debt = owes(act, customer, 500)
    order_id = submitted(act, company, customer, 800)
    review_orders(act=act)
    assert review_held_orders(act=act)[0].facts["state"] == "held"
    assert Review.objects.filter(order_id=order_id).count() == 1, "a hold that lasts is no news"
    Receivable.objects.filter(id=debt.id).update(applied=500)
    assert review_held_orders(act=act)[0].facts["state"] == "released"
    assert Hold.objects.get(order_id=order_id).lifted_because == "cause_gone"


@pytest.mark.parametrize(
    ("customer", "product", "quantity", "rule"),
    [
        ({"is_blocked": True}, {}, 1, "customer"),
        ({}, {"is_blocked": True}, 1, "products"),
        ({}, {}, 100_001, "quantities"),
    ],
)
def test_each_rule_holds_what_breaks_it(
    company: Company, act: Act, customer: dict[str, bool], product: dict[str, bool], quantity: int, rule: str
) -> None:
    order_id = an_order(act, a_customer(company, **customer), a_warehouse(company), [(a_product(company, **product), quantity)])
    submit_orders(act=act, order_ids=[order_id])
    assert review_orders(act=act)[0].facts == {"state": "held", "rules": [rule]}
    holding = Hold.objects.filter(order_id=order_id, lifted_at=None).values_list("rule__code", flat=True)
    assert list(holding) == [rule]


def test_a_price_far_from_the_agreed_one_warns_and_does_not_hold(company: Company, act: Act) -> None:
    product = a_product(company)
    order_id = an_order(act, a_customer(company), a_warehouse(company), [(product, 1), (product, 1)])
    SalesOrder.objects.get(id=order_id)
    product.list_price = Decimal(100)
    product.save()
    submit_orders(act=act, order_ids=[order_id])
    assert review_orders(act=act)[0].facts == {"state": "released", "rules": ["prices"]}
    finding = ReviewFinding.objects.get(review__order_id=order_id, outcome="warn")
    assert Decimal(finding.inputs["deviation"]) == Decimal("0.9")


def test_a_person_releases_or_rejects_a_held_order_with_a_reason(company: Company, act: Act) -> None:
    customer = a_customer(company, is_blocked=True)
    first, second = (submitted(act, company, customer, 10) for _ in range(2))
    review_orders(act=act)
    person = an_act(company, actor_id=7)
    assert release_orders(act=person, order_ids=[first], reason_code="other", reason="paid in cash")[0].done
    assert reject_orders(act=person, order_ids=[second], reason_code="other", reason="fraud")[0].done
    assert release_orders(act=person, order_ids=[first], reason_code="other", reason="again")[0].code == "not_held"
    assert list(Approval.objects.order_by("id").values_list("decision", "reason", "decided_by_id")) == [
        ("released", "paid in cash", 7),
        ("rejected", "fraud", 7),
    ]
    assert not Hold.objects.filter(lifted_at=None).exists()


def test_an_order_is_reviewed_once(company: Company, act: Act) -> None:
    order_id = submitted(act, company, a_customer(company), 10)
    assert review_orders(act=act)[0].done
    assert review_orders(act=act) == []
    assert review_orders(act=act, order_ids=[order_id])[0].code == "not_submitted"


@pytest.mark.parametrize("orders", [1, 30])
def test_review_takes_the_same_statements_for_one_and_for_many(company: Company, act: Act, orders: int) -> None:
    customer, warehouse, product = a_customer(company), a_warehouse(company), a_product(company)
    ids = [an_order(act, customer, warehouse, [(product, 1)] * orders) for _ in range(orders)]
    submit_orders(act=act, order_ids=ids)
    with CaptureQueriesContext(connection) as statements:
        review_orders(act=act)
    assert len(statements) == 9


@pytest.mark.parametrize("repeats", [10, pytest.param(1_000, marks=pytest.mark.long)])
def test_two_orders_racing_for_the_last_credit_pass_once(committed: None, repeats: int) -> None:
    company = a_company()
    with tenancy.acting_for(company.id):
        act = an_act(company)
        install_rules(act=act)
        for _ in range(repeats):
            with transaction.atomic():
                customer = a_customer(company, credit_limit=Decimal(10_000))
                ids = [submitted(act, company, customer, 6_000) for _ in range(2)]
            race(act, ids)
            with transaction.atomic():
                states = set(SalesOrder.objects.filter(id__in=ids).values_list("state", flat=True))
            assert states == {"held", "released"}


def race(act: Act, order_ids: list[int]) -> None:
    """Review each order in a thread and a connection of its own, at the same moment."""
    gate = threading.Barrier(len(order_ids))

    def one(order_id: int) -> None:
        with tenancy.acting_for(act.company_id):
            connection.ensure_connection()
            gate.wait()
            review_orders(act=act, order_ids=[order_id])
        connections.close_all()

    threads = [threading.Thread(target=one, args=(key,)) for key in order_ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
