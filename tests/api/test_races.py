"""Two programs at once, ten rounds each: what can succeed once succeeds once, and neither sees a fault of ours."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from dinghuo.reference.models import Company
from tests.api.callers import Answer, Caller, a_caller, a_wholesaler
from tests.api.goods import a_customer, a_product, a_shipment, an_invoice, an_order

ROUNDS = range(10)
Call = Callable[[Caller], Answer]


@pytest.fixture
def house(committed: None) -> Iterator[Company]:
    """A company in which nothing runs by itself, so that the callers alone race; its rows are committed."""
    with a_wholesaler(auto_allocate=False, auto_invoice=False, finance_confirms=True) as company:
        yield company


@pytest.fixture
def admin(house: Company) -> Caller:
    return a_caller(house)


def race(token: str, *calls: Call) -> list[Answer]:
    """Let each call go at the same moment, in a thread and on a connection of its own."""
    start = Barrier(len(calls))

    def run(call: Call) -> Answer:
        try:
            start.wait()
            return call(Caller(token))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def posting(path: str, body: Any = None, **headers: str) -> Call:
    """A call that posts to an address."""
    return lambda caller: caller.post(path, body, **headers)


def codes(answers: list[Answer]) -> list[tuple[int, str]]:
    """How each call went, the successful first."""
    return sorted((answer.status, "" if answer.status < 300 else answer.body["code"]) for answer in answers)


def test_the_last_units_are_allocated_once(admin: Caller) -> None:
    for _ in ROUNDS:
        product, customer = a_product(admin, "10"), a_customer(admin)["code"]
        orders = [an_order(admin, customer, product["code"], "10")["id"] for _ in range(2)]
        answers = race(admin.token, *(posting(f"/orders/{key}/allocate") for key in orders))
        assert codes(answers) == [(200, ""), (409, "not_enough_stock")]
        (level,) = admin.get(f"/stock?product={product['code']}").ok()["items"]
        assert (level["on_hand"], level["allocated"], level["available"]) == ("10", "10", "0")


def test_the_last_units_are_allocated_once_however_many_orders_want_them(admin: Caller) -> None:
    product, customer = a_product(admin, "10"), a_customer(admin)["code"]
    orders = [an_order(admin, customer, product["code"], "4")["id"] for _ in range(6)]
    answers = race(admin.token, *(posting(f"/orders/{key}/allocate") for key in orders))
    given = sum(float(answer.body["units"]) for answer in answers if answer.status == 200)
    assert {answer.status for answer in answers} <= {200, 409}
    assert given == 10


def test_where_all_runs_by_itself_the_last_units_still_go_once(committed: None) -> None:
    with a_wholesaler() as company:
        admin = a_caller(company)
        for _ in ROUNDS:
            product, customer = a_product(admin, "10"), a_customer(admin)["code"]
            body = {"customer": customer, "submit": True, "lines": [{"product": product["code"], "quantity": "10"}]}
            answers = race(admin.token, *[posting("/orders", body)] * 3)
            orders = [admin.get(f"/orders/{answer.ok()['id']}").ok() for answer in answers]
            assert sorted(order["lines"][0]["allocated"] for order in orders) == ["0", "0", "10"]
            assert len(admin.get("/shortages").ok()["items"]) % 2 == 0
            winner = next(order["id"] for order in orders if order["lines"][0]["allocated"] == "10")
            shipment = a_shipment(admin, winner)
            left = race(admin.token, *[posting(f"/shipments/{shipment['id']}/dispatch")] * 2)
            assert codes(left) == [(200, ""), (409, "already_dispatched")]
            assert an_invoice(admin, winner)["state"] == "posted"


def test_one_credit_limit_is_passed_by_one_order(admin: Caller) -> None:
    product = a_product(admin)
    for _ in ROUNDS:
        # 10.00 and 13 % tax: one order of five fits within 100, two do not.
        customer = a_customer(admin, credit_limit="100")["code"]
        body = {"customer": customer, "submit": True, "lines": [{"product": product["code"], "quantity": "5"}]}
        answers = race(admin.token, *[posting("/orders", body)] * 2)
        assert sorted(answer.ok()["state"] for answer in answers) == ["held", "released"]


def test_one_credit_limit_is_passed_by_one_of_two_drafts_that_are_submitted(admin: Caller) -> None:
    product = a_product(admin)
    for _ in ROUNDS:
        customer = a_customer(admin, credit_limit="100")["code"]
        drafts = [an_order(admin, customer, product["code"], "5", submit=False)["id"] for _ in range(2)]
        answers = race(admin.token, *(posting(f"/orders/{key}/submit") for key in drafts))
        assert sorted(answer.ok()["state"] for answer in answers) == ["held", "released"]


def a_notice(admin: Caller) -> tuple[Any, Any]:
    """An order with a shipping notice, and the notice."""
    product, customer = a_product(admin, "10"), a_customer(admin)["code"]
    order = an_order(admin, customer, product["code"], "10")
    admin.post(f"/orders/{order['id']}/allocate").ok()
    return order, a_shipment(admin, order["id"])


def test_one_shipment_is_dispatched_once(admin: Caller) -> None:
    for _ in ROUNDS:
        order, shipment = a_notice(admin)
        answers = race(admin.token, *[posting(f"/shipments/{shipment['id']}/dispatch")] * 2)
        assert codes(answers) == [(200, ""), (409, "already_dispatched")]
        assert admin.get(f"/orders/{order['id']}").ok()["lines"][0]["shipped"] == "10"


def test_one_invoice_is_drafted_posted_and_paid_once(admin: Caller) -> None:
    for _ in ROUNDS:
        order, shipment = a_notice(admin)
        admin.post(f"/shipments/{shipment['id']}/dispatch").ok()
        drafted = race(admin.token, *[posting("/invoices", {"shipment_ids": [shipment["id"]]})] * 2)
        assert sorted(answer.ok()["done"] for answer in drafted) == [0, 1]

        invoice = an_invoice(admin, order["id"])
        posted = race(admin.token, *[posting(f"/invoices/{invoice['id']}/post")] * 2)
        assert codes(posted) == [(200, ""), (409, "already_posted")]

        body = {"customer": order["customer"], "amount": "113", "invoice_ids": [invoice["id"]]}
        paid = race(admin.token, *[posting("/payments", body)] * 2)
        assert codes(paid) == [(201, ""), (409, "already_settled")]
        (debt,) = admin.get(f"/receivables?customer={order['customer']}").ok()["items"]
        assert (debt["amount"], debt["applied"], debt["open_amount"]) == ("113.00", "113.00", "0.00")
        assert len(admin.get(f"/payments?customer={order['customer']}").ok()["items"]) == 1


def test_a_code_is_taken_once(admin: Caller) -> None:
    for number in ROUNDS:
        body = {"code": f"C{number}", "name": "Lotus", "country": "CN"}
        answers = race(admin.token, *[posting("/customers", body)] * 2)
        assert codes(answers) == [(201, ""), (409, "code_taken")]


def test_of_two_amendments_of_one_version_the_second_is_told(admin: Caller) -> None:
    product, customer = a_product(admin), a_customer(admin)["code"]
    for _ in ROUNDS:
        order = an_order(admin, customer, product["code"], "5")
        line = order["lines"][0]["id"]
        body = {"reason": "less", "lines": [{"line_id": line, "quantity": "3"}]}
        answers = race(admin.token, *[posting(f"/orders/{order['id']}/amendments", body, If_Match='"1"')] * 2)
        assert codes(answers) == [(200, ""), (409, "version_conflict")]
