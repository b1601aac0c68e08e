"""Policies and their runs over the API: simulate, compare, post, explain, swap."""

from typing import Any

import pytest

from dinghuo.reference.models import Company
from tests.api.callers import Caller, a_caller, a_wholesaler
from tests.api.goods import a_customer, a_product
from tests.builders import a_code


@pytest.fixture
def quiet(wholesaler: Company) -> Company:
    """A wholesaler whose orders wait to be allocated by a person."""
    Company.objects.filter(id=wholesaler.id).update(auto_allocate=False, auto_notice=False)
    return wholesaler


def a_line(admin: Caller, product: Any, quantity: str, **given: Any) -> Any:
    """An order of one line, released; returns the order."""
    asked = {"customer": a_customer(admin)["code"], "submit": True, "lines": [{"product": product["code"], "quantity": quantity}]}
    return admin.post("/orders", {**asked, **given}).ok()


def line_id(order: Any) -> int:
    return int(order["lines"][0]["id"])


def test_a_run_is_simulated_compared_posted_and_explained(quiet: Company, admin: Caller) -> None:
    product = a_product(admin, "30")
    first, second = a_line(admin, product, "20"), a_line(admin, product, "25")
    code = a_code("fair")
    admin.post("/allocation-policies", {"code": code, "definition": {"sharing": {"method": "proportional"}}}).ok()
    run = admin.post("/allocation-runs", {"policy": code}).ok()
    assert (run["state"], run["lines"], run["units_gained"], run["share_done"]) == ("simulated", 2, "30", 100)
    changed = admin.get(f"/allocation-runs/{run['id']}/lines?only=gain").ok()["items"]
    assert [(row["id"], row["given"], row["change"], row["reason"]) for row in changed] == [
        (line_id(first), "13", "13", "shared"),
        (line_id(second), "17", "17", "shared"),
    ]
    assert admin.get(f"/allocation-runs/{run['id']}/lines?only=lose").ok()["items"] == []
    customers = admin.get(f"/allocation-runs/{run['id']}/customers").ok()["items"]
    assert sorted(row["units_gained"] for row in customers) == ["13", "17"]

    assert admin.post(f"/allocation-runs/{run['id']}/post").ok()["state"] == "posted"
    told = admin.get(f"/order-lines/{line_id(second)}/explanation").ok()
    assert (told["given"], told["wanted"], told["reason"], told["policy"]) == ("17", "25", "shared", code)
    assert "30 units were shared among lines that wanted 45" in told["sentences"][1]
    chinese = admin.get(f"/order-lines/{line_id(second)}/explanation?language=zh-hans").ok()
    assert "分摊" in chinese["sentences"][1]


def test_posting_is_refused_when_stock_has_changed_and_says_where(quiet: Company, admin: Caller) -> None:
    product = a_product(admin, "30")
    a_line(admin, product, "20")
    run = admin.post("/allocation-runs", {}).ok()
    line = {"product_id": product["id"], "quantity": "5", "unit_cost": "6"}
    admin.post("/stock/receipts", {"lines": [line]}).ok()
    refused = admin.post(f"/allocation-runs/{run['id']}/post")
    assert (refused.status, refused.body["code"]) == (409, "inputs_changed")
    assert refused.body["facts"] == {"count": 1, "products": [product["code"]]}
    assert admin.post(f"/allocation-runs/{run['id']}/drop").ok()["state"] == "dropped"
    assert admin.post(f"/allocation-runs/{run['id']}/drop").body["code"] == "not_to_be_dropped"


def test_a_run_asked_for_twice_with_one_key_is_one_run(quiet: Company, admin: Caller) -> None:
    asked = [admin.call("POST", "/allocation-runs", {}, Idempotency_Key="once").ok()["id"] for _ in (1, 2)]
    assert asked[0] == asked[1]
    assert [row["id"] for row in admin.get("/allocation-runs").ok()["items"]] == asked[:1]


@pytest.mark.parametrize(
    ("definition", "status", "code"),
    [
        ({"ranking": ["shoe_size"]}, 422, "unknown_policy_key"),
        ({"floors": [{"key": "priority", "value": 1, "share": 1001}]}, 409, "shares_over_whole"),
        ({"segments": [{"name": "a", "strategy": "win", "conditions": "all"}]}, 422, "malformed"),
        ({"may_break_safety": ["none such"]}, 422, "unknown_code"),
    ],
)
def test_a_policy_that_cannot_be_is_refused(
    quiet: Company, admin: Caller, definition: dict[str, Any], status: int, code: str
) -> None:
    refused = admin.post("/allocation-policies", {"code": "wrong", "definition": definition})
    assert (refused.status, refused.body["code"]) == (status, code)
    assert refused.body["facts"]["column"]


def test_units_are_swapped_with_least_damage_and_back(quiet: Company, admin: Caller) -> None:
    product = a_product(admin, "20")
    donor = a_line(admin, product, "20", requested_on="2199-01-01")
    admin.post("/allocations", {"order_ids": [donor["id"]]}).ok()
    taker = a_line(admin, product, "15")
    (found,) = admin.get(f"/order-lines/{line_id(taker)}/donors").ok()["items"]
    assert (found["order_line_id"], found["units"], found["proposed"]) == (line_id(donor), "20", "15")
    asked = {"donors": [{"order_line_id": line_id(donor), "quantity": "15"}], "reason": "Key account."}
    (swap,) = admin.post(f"/order-lines/{line_id(taker)}/swaps", asked).ok()["items"]
    assert admin.get(f"/order-lines/{line_id(taker)}/explanation").ok()["places"][0]["units"] == "15"
    with a_wholesaler() as other:
        stranger = a_caller(other, "admin")
    assert stranger.post(f"/swaps/{swap['swap_id']}/undo").status == 404
    assert admin.post(f"/swaps/{swap['swap_id']}/undo").ok() == {"swap_id": swap["swap_id"]}
    assert admin.post(f"/swaps/{swap['swap_id']}/undo").body["code"] == "already_undone"


def test_terms_schedules_and_commitments_are_kept(quiet: Company, admin: Caller) -> None:
    product = a_product(admin, "30")
    order = a_line(admin, product, "40")
    asked = {"order_line_id": line_id(order), "terms": {"complete_lines": True}}
    admin.post("/allocation-terms", asked).ok()
    run = admin.post("/allocation-runs", {}).ok()
    assert run["units_gained"] == "0"
    assert admin.post("/allocation-terms", {"terms": {}}).body["facts"]["column"] == "customer_id"
    schedule = admin.post("/allocation-schedules", {"weekdays": "15", "hour": 6}).ok()["id"]
    assert [row["weekdays"] for row in admin.get("/allocation-schedules").ok()["items"]] == ["15"]
    admin.post(f"/allocation-schedules/{schedule}/end").ok()
    assert admin.get("/allocation-schedules").ok()["items"] == []
    assert admin.post(f"/order-lines/{line_id(order)}/commit", {"reason": "Promised."}).ok()["is_committed"]
    assert not admin.post(f"/order-lines/{line_id(order)}/release-commitment").ok()["is_committed"]
