"""Sourcing over the API: the best plan beside the greedy one, the reasons, and input that is refused."""

from typing import Any

from tests.api.callers import Caller
from tests.api.goods import a_customer, a_product, an_order


def test_waiting_lines_are_sourced_at_least_cost_and_nothing_is_given(admin: Caller) -> None:
    customer, product = a_customer(admin), a_product(admin)
    far = admin.post("/warehouses", {"code": "FAR", "name": "Far", "country": "CN", "priority": 9}).ok()["code"]
    near = admin.get("/warehouses").ok()["items"][0]["code"]
    first = an_order(admin, customer["code"], product["code"], "5")
    second = an_order(admin, customer["code"], product["code"], "4")
    stock = [{"product_id": product["id"], "quantity": "4", "unit_cost": "6", "warehouse": code} for code in (near, far)]
    admin.post("/stock/receipts", {"lines": stock}).ok()
    tariffs = [{"warehouse": near, "shipment_cost": "10", "unit_cost": "1"}, {"warehouse": far, "shipment_cost": "30"}]
    asked = {"tariffs": tariffs, "split_fee": "5", "splits_max": 1, "order_ids": [first["id"], second["id"]]}
    reply = admin.post("/allocations/sourcing", asked).ok()
    # Eight of nine units can be had. The greedy choice splits the first order: a shipment and a fee more.
    assert (reply["best"]["units"], reply["best"]["shipments"], reply["best"]["cost"]) == ("8", 2, "44.000")
    assert (reply["saved"], reply["is_proven"], reply["gap"]) == ("35.000", True, 0.0)
    assert {row["quantity"] for row in reply["lines"]} == {"4"}
    (short,) = reply["short"]
    assert (short["order_id"], short["quantity"], short["reason"]) == (first["id"], "1", "stock_exhausted")
    assert (short["measure"], short["capacity"], short["wanted"]) == ("units", "8", "9")
    assert sorted(short["warehouses"]) == sorted([near, far])
    assert admin.get("/allocations").ok()["items"] == []


def test_tariffs_that_cannot_be_used_are_refused(admin: Caller) -> None:
    wrong: tuple[dict[str, Any], ...] = (
        {"tariffs": []},
        {"tariffs": [{"warehouse": "ELSEWHERE", "shipment_cost": "1"}]},
        {"tariffs": [{"warehouse": "ELSEWHERE", "shipment_cost": "-1"}]},
        {"tariffs": [{"warehouse": "ELSEWHERE", "shipment_cost": "1", "country": "china"}]},
        {"tariffs": [{"warehouse": "ELSEWHERE", "shipment_cost": "1"}], "seconds": 31},
        {"tariffs": [{"warehouse": "ELSEWHERE", "shipment_cost": "1"}], "splits_max": -1},
    )
    for asked in wrong:
        assert admin.post("/allocations/sourcing", asked).status == 422, asked
