"""The demo company at a small scale: half a year's worth of states in eight weeks of few orders."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F

from dinghuo.demo import history
from dinghuo.demo.history import Plan
from dinghuo.demo.people import USERS
from dinghuo.journey.allocation.models import InboundSupply, Shortage
from dinghuo.journey.finance.models import Receivable, SalesInvoice
from dinghuo.journey.invariants.queries import run_checks
from dinghuo.journey.ordering.models import OrderState, SalesOrder
from dinghuo.journey.shipping.models import CustomerReturn, Shipment
from dinghuo.journey.tracking.models import Feedback
from dinghuo.kernel.models import Event
from dinghuo.kernel.tenancy import acting_for
from dinghuo.reference.models import Company, Customer, Membership, Product
from tests.own_database import own_database

# Days that have long passed, so that nothing turns on the day of the test run.
EIGHT_WEEKS = Plan(seed=3, first=date(2025, 5, 5), last=date(2025, 6, 30), share=30)


@pytest.fixture(scope="module")
def demo(database_addresses: dict[str, str], django_db_blocker: Any) -> Iterator[Company]:
    with django_db_blocker.unblock(), own_database(database_addresses):
        assert history.make(EIGHT_WEEKS)
        company = Company.objects.get(code="demo")
        with acting_for(company.id), transaction.atomic():
            yield company


def test_the_demo_shows_an_order_in_every_state(demo: Company) -> None:
    found = Counter(SalesOrder.objects.filter(company_id=demo.id).values_list("state", flat=True))
    # No order rests as submitted: review follows at once.
    assert set(found) == set(OrderState.values) - {OrderState.SUBMITTED}


def test_the_demo_shows_goods_waiting_on_the_road_and_delivered(demo: Company) -> None:
    found = set(Shipment.objects.filter(company_id=demo.id).values_list("state", flat=True))
    assert {"notice", "dispatched", "delivered"} <= found


def test_what_is_short_is_on_its_way(demo: Company) -> None:
    short = Shortage.objects.filter(company_id=demo.id, closed_at=None).values_list("order_line__product_id", flat=True)
    coming = InboundSupply.objects.filter(company_id=demo.id, received__lt=F("quantity"), expected_on__gt=EIGHT_WEEKS.last)
    assert set(short) & set(coming.values_list("product_id", flat=True))


def test_invoices_are_settled_open_and_overdue(demo: Company) -> None:
    invoices = Receivable.objects.filter(company_id=demo.id, amount__gt=0)
    owed = invoices.exclude(applied=F("amount"))
    assert invoices.filter(applied=F("amount")).exists()
    assert owed.filter(due_on__gt=EIGHT_WEEKS.last).exists()
    assert owed.filter(due_on__lt=EIGHT_WEEKS.last).exists()
    assert owed.filter(applied__gt=0).exists()


def test_goods_that_came_back_are_credited(demo: Company) -> None:
    returns = CustomerReturn.objects.filter(company_id=demo.id)
    credited = SalesInvoice.objects.filter(company_id=demo.id, kind="credit_note", state="posted")
    assert returns.exists()
    assert set(returns.values_list("id", flat=True)) == set(credited.values_list("customer_return_id", flat=True))


def test_customers_have_spoken_and_some_wait_for_an_answer(demo: Company) -> None:
    said = Feedback.objects.filter(company_id=demo.id)
    assert said.filter(answered_at=None).exists()
    assert said.exclude(answered_at=None).exists()


def test_no_invariant_is_broken(demo: Company) -> None:
    report = run_checks(company_id=demo.id)
    assert [check.invariant.id for check in report.checks if check.violations] == []


def test_everything_is_marked_as_generated(demo: Company) -> None:
    assert demo.is_generated
    assert not Customer.objects.filter(company_id=demo.id, is_generated=False).exists()
    assert not Product.objects.filter(company_id=demo.id, is_generated=False).exists()
    assert set(SalesOrder.objects.filter(company_id=demo.id).values_list("source", flat=True)) == {"demo"}


def test_somebody_may_sign_in_for_every_role(demo: Company) -> None:
    members = Membership.objects.filter(company_id=demo.id)
    assert Counter(members.values_list("role", flat=True)) == Counter(role for _, role, _, _ in USERS)
    assert [name for name, _ in history.who_may_sign_in(demo)] == [name for name, *_ in USERS]


def test_a_second_run_leaves_the_company_as_it_is(demo: Company) -> None:
    before = Event.objects.filter(company_id=demo.id).count()
    assert history.make(EIGHT_WEEKS) is False
    assert Event.objects.filter(company_id=demo.id).count() == before
