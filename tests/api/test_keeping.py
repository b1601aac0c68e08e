"""Stock is kept and promised over the API: each thing once, and what cannot be is refused with a code and the facts."""

from typing import Any

import pytest

from dinghuo.reference.models import Company
from tests.api.callers import Caller, a_caller
from tests.api.goods import a_customer, a_product, an_order
from tests.builders import a_code


@pytest.fixture
def house(admin: Caller) -> int:
    """The warehouse that is asked first."""
    return int(admin.get("/warehouses").ok()["items"][0]["id"])


@pytest.fixture
def branch(admin: Caller) -> int:
    """Another warehouse."""
    return int(admin.post("/warehouses", {"code": a_code("B"), "name": "Branch", "country": "CN"}).ok()["id"])


def stock(admin: Caller, product: Any) -> dict[str, tuple[str, str]]:
    items = admin.get(f"/stock?product={product['code']}").ok()["items"]
    return {item["warehouse"]: (item["on_hand"], item["available"]) for item in items}


def moves(admin: Caller) -> int:
    return len(admin.get("/stock/moves?limit=200").ok()["items"])


def test_a_transfer_goes_out_and_arrives(admin: Caller, house: int, branch: int) -> None:
    product = a_product(admin, "10")
    line = {"product": product["code"], "quantity": "4"}
    asked = {"from_warehouse_id": house, "to_warehouse_id": branch, "expected_on": "2199-01-01", "lines": [line]}
    sent = admin.post("/stock/transfers", asked, Idempotency_Key=a_code("key")).ok()
    assert (sent["transfer"]["state"], sent["lines"][0]["quantity"]) == ("sent", "4")
    assert stock(admin, product)["TRANSIT"] == ("4", "4")
    key = sent["transfer"]["id"]
    arrived = admin.post(f"/stock/transfers/{key}/receive", {"lines": [{"position": 1, "quantity": "3"}]}).ok()
    assert (arrived["transfer"]["state"], arrived["lines"][0]["received"]) == ("sent", "3")
    assert admin.post(f"/stock/transfers/{key}/receive", {}).ok()["transfer"]["state"] == "arrived"
    assert admin.get("/stock/transfers?open=true").ok()["items"] == []


def test_a_transfer_that_does_not_arrive_is_ended(admin: Caller, house: int, branch: int) -> None:
    product = a_product(admin, "10")
    line = {"product": product["code"], "quantity": "4"}
    asked = {"from_warehouse_id": house, "to_warehouse_id": branch, "expected_on": "2199-01-01", "lines": [line]}
    key = admin.post("/stock/transfers", asked).ok()["transfer"]["id"]
    assert admin.post(f"/stock/transfers/{key}/end", {"rest": "lost", "reason": "?"}).status == 422
    ended = admin.post(f"/stock/transfers/{key}/end", {"rest": "returned", "reason": "wrong warehouse"}).ok()
    assert (ended["transfer"]["state"], ended["lines"][0]["withdrawn"]) == ("cancelled", "4")
    assert stock(admin, product).get("TRANSIT", ("0", "0"))[0] == "0"
    again = admin.post(f"/stock/transfers/{key}/end", {"rest": "written_off", "reason": "again"})
    assert (again.status, again.body["code"]) == (409, "nothing_expected")


def test_a_transfer_of_more_than_there_is_changes_nothing(admin: Caller, house: int, branch: int) -> None:
    product = a_product(admin, "10")
    before = moves(admin)
    line = {"product": product["code"], "quantity": "11"}
    asked = {"from_warehouse_id": house, "to_warehouse_id": branch, "expected_on": "2199-01-01", "lines": [line]}
    answer = admin.post("/stock/transfers", asked)
    assert (answer.status, answer.body["code"]) == (409, "not_enough_free_stock")
    assert answer.body["facts"] == {"line": 1, "free": "10.000"}
    assert moves(admin) == before
    assert admin.get("/stock/transfers").ok()["items"] == []


@pytest.mark.parametrize(
    ("keeps_lots", "lot", "day", "status", "code"),
    [
        (True, None, None, 409, "lot_missing"),
        (False, "L1", None, 409, "lot_not_kept"),
        (False, None, "2199-01-01", 409, "dated_in_future"),
        (True, "L1", None, 201, None),
    ],
)
def test_a_receipt_that_cannot_be_true_changes_nothing(
    admin: Caller, keeps_lots: bool, lot: str | None, day: str | None, status: int, code: str | None
) -> None:
    product = a_product(admin, keeps_lots=keeps_lots)
    before = moves(admin)
    line = {"product": product["code"], "quantity": "5", "unit_cost": "1", "lot_code": lot}
    answer = admin.post("/stock/receipts", {"lines": [line], "received_on": day})
    assert (answer.status, answer.body.get("code")) == (status, code)
    assert moves(admin) == before + (code is None)


def test_a_product_in_stock_keeps_its_way_of_being_kept(admin: Caller) -> None:
    product = a_product(admin, "10")
    refused = admin.call("PATCH", f"/products/{product['id']}", {"keeps_lots": True, "name": "Other"})
    assert (refused.status, refused.body["code"]) == (409, "stock_there")
    assert admin.get(f"/products/{product['id']}").ok()["name"] == product["name"]
    empty = a_product(admin)
    assert admin.call("PATCH", f"/products/{empty['id']}", {"keeps_lots": True}).ok()["keeps_lots"] is True


def test_a_blind_count_hides_what_is_expected_and_another_right_posts_it(admin: Caller, house: int, wholesaler: Company) -> None:
    product = a_product(admin, "10")
    keeper, controller = a_caller(wholesaler, "warehouse"), a_caller(wholesaler, "finance")
    sheet = keeper.post("/stock/counts", {"warehouse_id": house, "product_ids": [product["id"]]}).ok()
    key = sheet["count"]["id"]
    assert (sheet["lines"][0]["expected"], sheet["lines"][0]["difference"]) == (None, None)
    receipt = {"lines": [{"product": product["code"], "quantity": "1", "unit_cost": "1"}]}
    frozen = keeper.post("/stock/receipts", receipt)
    assert (frozen.status, frozen.body["code"]) == (409, "being_counted")
    assert frozen.body["facts"] == {"line": 1, "count": sheet["count"]["number"]}
    keeper.post(f"/stock/counts/{key}/entries", {"lines": [{"product": product["code"], "quantity": "9"}]}).ok()
    assert keeper.post(f"/stock/counts/{key}/post", {"reason": "counted"}).status == 403
    controlled = admin.post(f"/stock/counts/{key}/entries", {"lines": [{"product": product["code"], "quantity": "9"}]})
    assert controlled.status == 200
    own = admin.post(f"/stock/counts/{key}/post", {"reason": "counted"})
    assert (own.status, own.body["code"]) == (409, "counted_by_you")
    posted = controller.post(f"/stock/counts/{key}/post", {"reason": "counted"}).ok()
    assert (posted["count"]["state"], posted["lines"][0]["difference"]) == ("posted", "-1")
    assert keeper.post("/stock/receipts", receipt).status == 201
    assert stock(admin, product)[posted["count"]["warehouse"]] == ("10", "10")


def test_an_order_is_shown_what_it_can_be_promised_without_writing(admin: Caller) -> None:
    customer, product = a_customer(admin), a_product(admin, "10")
    order = an_order(admin, customer["code"], product["code"], "12", submit=False)
    (line,) = admin.get(f"/orders/{order['id']}/promises").ok()["lines"]
    assert (line["wanted"], line["available"], line["promised_on"], line["promised_before"]) == ("12", "10", None, None)
    supply = {"product": product["code"], "quantity": "5", "unit_cost": "1", "expected_on": "2199-01-01"}
    admin.post("/stock/supplies", {"lines": [supply]}).ok()
    (line,) = admin.get(f"/orders/{order['id']}/promises").ok()["lines"]
    assert line["promised_on"] == "2199-01-01"
    days = admin.get(f"/promises?product={product['code']}").ok()["days"]
    assert [(day["coming"], day["promisable"]) for day in days] == [("10", "10"), ("5", "15")]


def test_a_hold_becomes_an_orders_and_a_supply_slips(admin: Caller) -> None:
    customer, product = a_customer(admin), a_product(admin, "10")
    asked = {"lines": [{"kind": "quote", "product": product["code"], "quantity": "10"}]}
    (hold,) = admin.post("/stock/holds", asked).ok()["stock_hold_ids"]
    order = an_order(admin, customer["code"], product["code"], "15")
    line = admin.get(f"/orders/{order['id']}").ok()["lines"][0]["id"]
    given = admin.post(f"/stock/holds/{hold}/allocate", {"order_line_id": line}).ok()
    assert (given["units"], given["short"]) == ("10", "5")
    again = admin.post(f"/stock/holds/{hold}/allocate", {"order_line_id": line})
    assert (again.status, again.body["code"], again.body["facts"]) == (409, "not_held_any_more", {"state": "allocated"})
    supply = {"product": product["code"], "quantity": "5", "unit_cost": "1", "expected_on": "2198-01-01"}
    (inbound,) = admin.post("/stock/supplies", {"lines": [supply]}).ok()["inbound_ids"]
    assert admin.post(f"/stock/supplies/{inbound}/change", {"expected_on": "2198-02-01"}).ok() == {
        "inbound_id": inbound,
        "lines": 1,
    }
    (peg,) = admin.get(f"/stock/pegs?inbound_id={inbound}").ok()["items"]
    assert (peg["order_line_id"], peg["quantity"], peg["promised_on"]) == (line, "5", "2198-02-01")
