"""Checks of different customers do not wait for each other, and what many do to one order at once is done once."""

import threading
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import OperationalError, connection, transaction

from dinghuo.journey.review.models import Approval, Review
from dinghuo.journey.review.operations import release_orders, review_orders
from dinghuo.kernel import tenancy
from dinghuo.kernel.models import Event
from dinghuo.reference.models import Customer
from tests.builders import a_customer
from tests.concurrency.races import PATIENCE_SECONDS, Answer, at_once, in_thread
from tests.journey.review.approving import a_person, an_order_of, approve, reviewed, state_of, steps_of, the_matrix
from tests.shop import Shop, open_shop

CLIENTS = 8


def waiting_at_most(shop: Shop, order_id: int, patience: str) -> Any:
    """Review an order, giving up on a lock after a while."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [patience])
        return review_orders(act=shop.act, order_ids=[order_id])


def test_a_check_of_one_customer_does_not_wait_for_that_of_another(committed: None) -> None:
    shop = open_shop()
    with tenancy.acting_for(shop.company.id):
        with transaction.atomic():
            busy, idle = (a_customer(shop.company, credit_limit=Decimal(10_000)) for _ in range(2))
            first, second = (an_order_of(shop.act, shop.company, 6_000, customer=busy) for _ in range(2))
            other = an_order_of(shop.act, shop.company, 6_000, customer=idle)
        reviewing, commit, answer = threading.Event(), threading.Event(), Answer()

        def held_open() -> Any:
            with transaction.atomic():
                outcomes = review_orders(act=shop.act, order_ids=[first])
                reviewing.set()
                assert commit.wait(PATIENCE_SECONDS)
                return outcomes

        thread = in_thread(shop, held_open, answer)
        thread.start()
        assert reviewing.wait(PATIENCE_SECONDS) or answer.fault is not None
        try:
            (judged,) = waiting_at_most(shop, other, "10s")
            assert judged.facts["state"] == "released", "the other customer's room is its own"
            # The same customer's next order has to wait: its room is being decided on.
            try:
                waiting_at_most(shop, second, "200ms")
                waited = False
            except OperationalError:
                waited = True
        finally:
            commit.set()
            thread.join(PATIENCE_SECONDS)
        assert answer.fault is None
        assert waited
        assert waiting_at_most(shop, second, "10s")[0].facts["state"] == "held"


def test_eight_approvers_at_once_have_one_effect(committed: None) -> None:
    shop = open_shop()
    with tenancy.acting_for(shop.company.id):
        with transaction.atomic():
            the_matrix(shop.act)
            people = [a_person(shop.company, "credit") for _ in range(CLIENTS)]
        for _ in range(3):
            with transaction.atomic():
                order_id = an_order_of(shop.act, shop.company, 20_000)
                reviewed(shop.act, order_id)
                (step,) = steps_of(order_id)
            outcomes = at_once(shop, [partial(approve, shop.act, step, who) for who in people])
            assert sorted(outcome.code for outcome in outcomes) == ["already_decided"] * (CLIENTS - 1) + ["done"]
            with transaction.atomic():
                assert Approval.objects.filter(order_id=order_id).count() == 1
                assert Event.objects.filter(kind="OrderReleased", journey_id=order_id).count() == 1
                assert state_of(order_id) == "released"


def test_eight_who_release_one_order_at_once_release_it_once(committed: None) -> None:
    shop = open_shop()
    with tenancy.acting_for(shop.company.id):
        with transaction.atomic():
            customer = a_customer(shop.company, is_blocked=True)
            people = [a_person(shop.company, "credit") for _ in range(CLIENTS)]
        for _ in range(3):
            with transaction.atomic():
                Customer.objects.filter(pk=customer.pk).update(is_blocked=True)
                order_id = an_order_of(shop.act, shop.company, 100, customer=customer)
                assert reviewed(shop.act, order_id) == "held"
            release = partial(release_orders, order_ids=[order_id], reason_code="known_customer", reason="known")
            acts = [tenancy.Act(shop.act.company_id, shop.act.at, shop.act.on, who) for who in people]
            outcomes = [row for (row,) in at_once(shop, [partial(release, act=act) for act in acts])]
            assert sorted(outcome.code for outcome in outcomes) == ["done"] + ["not_held"] * (CLIENTS - 1)
            with transaction.atomic():
                assert Approval.objects.filter(order_id=order_id).count() == 1
                assert Event.objects.filter(kind="OrderReleased", journey_id=order_id).count() == 1
                assert Review.objects.filter(order_id=order_id).count() == 1
