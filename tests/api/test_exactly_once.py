"""The same Idempotency-Key: one effect and one reply, however often and at how many places at once it is sent."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.kernel import tenancy
from dinghuo.kernel.idempotency import KEPT_FOR, KEY_MAX, forget_old_replies
from dinghuo.kernel.models import KeptReply
from dinghuo.reference.companies import act_now
from dinghuo.reference.models import Company
from tests.api.callers import Answer, Caller, a_caller, a_user, a_wholesaler
from tests.api.goods import a_customer, a_product

REPEATS = 20


@pytest.fixture
def house(committed: None) -> Iterator[Company]:
    """A company whose rows are committed, so that threads see one another's."""
    with a_wholesaler() as company:
        yield company


def the_request(admin: Caller) -> dict[str, Any]:
    customer, product = a_customer(admin), a_product(admin, "100")
    return {"customer": customer["code"], "submit": True, "lines": [{"product": product["code"], "quantity": "3"}]}


def send(token: str, body: dict[str, Any], key: str) -> Answer:
    try:
        return Caller(token).post("/orders", body, Idempotency_Key=key)
    finally:
        connections.close_all()


def test_twenty_repeats_at_once_and_twenty_in_a_row_make_one_order_and_one_reply(house: Company) -> None:
    admin = a_caller(house)
    body = the_request(admin)
    with ThreadPoolExecutor(REPEATS) as threads:
        at_once = list(threads.map(lambda _: send(admin.token, body, "one"), range(REPEATS)))
    in_a_row = [send(admin.token, body, "one") for _ in range(REPEATS)]
    answers = {(answer.status, answer.raw, answer.headers["ETag"]) for answer in [*at_once, *in_a_row]}
    assert len(answers) == 1
    assert next(iter(answers))[0] == 201
    assert len(admin.get("/orders").ok()["items"]) == 1


def test_a_key_with_another_request_is_refused(wholesaler: Company, admin: Caller) -> None:
    body = the_request(admin)
    admin.post("/orders", body, Idempotency_Key="one").ok()
    other = {**body, "customer_po": "PO-2"}
    refused = [admin.post("/orders", other, Idempotency_Key="one"), admin.post("/products", body, Idempotency_Key="one")]
    assert [(answer.status, answer.body["code"]) for answer in refused[:1]] == [(422, "idempotency_key_reused")]
    # A body that does not fit its schema is told so before its key is looked at.
    assert refused[1].status == 422
    assert SalesOrder.objects.count() == 1


def test_a_reply_is_forgotten_after_its_time_and_not_before(wholesaler: Company, admin: Caller) -> None:
    for key in ("old", "new"):
        admin.post("/orders", the_request(admin), Idempotency_Key=key).ok()
    act = act_now(wholesaler)
    KeptReply.objects.filter(key="old").update(kept_at=act.at - KEPT_FOR - timedelta(seconds=1))
    KeptReply.objects.filter(key="new").update(kept_at=act.at - KEPT_FOR + timedelta(seconds=1))
    assert forget_old_replies(act=act) == 1
    assert "old" not in KeptReply.objects.values_list("key", flat=True)
    assert "new" in KeptReply.objects.values_list("key", flat=True)


def test_a_key_belongs_to_its_user(wholesaler: Company, admin: Caller) -> None:
    body = the_request(admin)
    other = a_caller(wholesaler, user=a_user(wholesaler, "admin"))
    made = [caller.post("/orders", body, Idempotency_Key="one").ok()["id"] for caller in (admin, other)]
    assert len(set(made)) == 2


def test_a_refusal_is_replayed_even_when_it_would_not_be_refused_any_more(wholesaler: Company, admin: Caller) -> None:
    body = the_request(admin)
    unknown = {**body, "lines": [{"product": "LATER", "quantity": "1"}]}
    first = admin.post("/orders", unknown, Idempotency_Key="one")
    assert (first.status, first.body["code"]) == (422, "unknown_product")
    a_product(admin, code="LATER")
    assert admin.post("/orders", unknown, Idempotency_Key="one").raw == first.raw
    assert admin.post("/orders", unknown, Idempotency_Key="two").status == 201


def test_a_refused_call_leaves_nothing_but_its_reply(wholesaler: Company, admin: Caller) -> None:
    product = a_product(admin)
    lines = [{"product": product["code"], "quantity": "5", "unit_cost": "1"}, {"product_id": 1, "quantity": "5", "unit_cost": "1"}]
    refused = admin.post("/stock/receipts", {"lines": lines}, Idempotency_Key="one")
    assert (refused.status, refused.body["code"], refused.body["facts"]["line"]) == (422, "unknown_product", 2)
    assert admin.get("/stock").ok()["items"] == []
    with tenancy.acting_for(wholesaler.id):
        assert [reply.status for reply in KeptReply.objects.all()] == [422]


def test_without_a_key_each_call_is_its_own(wholesaler: Company, admin: Caller) -> None:
    body = the_request(admin)
    assert len({admin.post("/orders", body).ok()["id"] for _ in range(2)}) == 2


@pytest.mark.parametrize("key", ["", "k" * (KEY_MAX + 1), "\u00e4"])
def test_a_malformed_key_is_refused(wholesaler: Company, admin: Caller, key: str) -> None:
    refused = admin.post("/orders", the_request(admin), Idempotency_Key=key)
    assert (refused.status, refused.body["code"]) == (422, "idempotency_key_malformed")
    assert SalesOrder.objects.count() == 0


def test_the_longest_key_is_taken(wholesaler: Company, admin: Caller) -> None:
    body = the_request(admin)
    answers = {admin.post("/orders", body, Idempotency_Key="k" * KEY_MAX).raw for _ in range(2)}
    assert len(answers) == 1
    assert json.loads(answers.pop())["state"] == "released"
