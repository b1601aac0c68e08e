"""Short lines over the API: proposals, what is accepted, and the customer's answer by token and in the portal."""

from typing import Any

from dinghuo.reference.models import Company
from tests.api.callers import Caller, a_caller, a_wholesaler
from tests.api.goods import a_customer, a_product, an_order


def a_short_line(admin: Caller) -> tuple[Any, Any, int]:
    """An order for 40 of which 27 are there: the customer, the product, the shortage's id."""
    customer, product = a_customer(admin, language="en"), a_product(admin, "27")
    order = an_order(admin, customer["code"], product["code"], "40")
    (shortage,) = admin.get(f"/shortages?order_id={order['id']}").ok()["items"]
    return customer, product, shortage["id"]


def proposals(admin: Caller, shortage_id: int) -> dict[str, Any]:
    """A fresh round of proposals, by kind."""
    items = admin.post(f"/shortages/{shortage_id}/proposals", {}).ok()["items"]
    return {row["kind"]: row for row in items if row["state"] == "open"}


def test_a_proposal_is_accepted_once_and_can_be_taken_back(admin: Caller) -> None:
    _, _, shortage_id = a_short_line(admin)
    buy = proposals(admin, shortage_id)["buy"]
    assert (buy["quantity"], buy["rank"]) == ("13", 1)
    accepted = admin.post(f"/proposals/{buy['id']}/accept", {}).ok()
    assert admin.post(f"/proposals/{buy['id']}/accept", {}).ok() == accepted
    (supply,) = admin.get("/stock/supplies?open=true").ok()["items"]
    assert (accepted["state"], accepted["document_id"], supply["quantity"]) == ("accepted", supply["id"], "13")
    assert admin.post(f"/proposals/{buy['id']}/undo", {}).ok()["state"] == "undone"
    assert admin.get("/stock/supplies?open=true").ok()["items"] == []
    states = [row["state"] for row in admin.get(f"/shortages/{shortage_id}/proposals").ok()["items"]]
    assert set(states) == {"undone", "lapsed"}


def test_what_changes_the_order_or_the_stock_needs_the_right_to_do_so(wholesaler: Company, admin: Caller) -> None:
    _, _, shortage_id = a_short_line(admin)
    found = proposals(admin, shortage_id)
    warehouse, sales = a_caller(wholesaler, "warehouse"), a_caller(wholesaler, "sales")
    assert warehouse.post(f"/proposals/{found['cancel_rest']['id']}/accept", {}).status == 403
    assert sales.post(f"/proposals/{found['buy']['id']}/accept", {}).status == 403
    assert sales.post(f"/proposals/{found['cancel_rest']['id']}/accept", {}).status == 200


def test_a_substitute_needs_consent_and_takes_its_place(admin: Caller) -> None:
    customer, product, shortage_id = a_short_line(admin)
    other = a_product(admin, "50")
    named = admin.post(f"/products/{product['id']}/substitutes", {"substitutes": [{"product": other["code"]}]}).ok()
    assert named == admin.get(f"/products/{product['id']}/substitutes").ok()
    assert named["items"] == [{"product_id": other["id"], "product": other["code"], "rank": 1, "keeps_price": True}]
    path = f"/proposals/{proposals(admin, shortage_id)['substitute']['id']}/accept"
    assert admin.post(path, {}).body["code"] == "consent_missing"
    assert admin.post(f"/customers/{customer['id']}/substitution-consent", {"is_given": True}).ok()["is_given"]
    accepted = admin.post(path, {}).ok()
    lines = admin.get(f"/orders/{accepted['order_id']}").ok()["lines"]
    assert [(line["product"], line["ordered"]) for line in lines] == [(product["code"], "27"), (other["code"], "13")]


def test_the_holder_of_the_token_answers_once_without_a_sign_in(admin: Caller) -> None:
    _, _, shortage_id = a_short_line(admin)
    proposals(admin, shortage_id)
    asked = admin.post(f"/shortages/{shortage_id}/question", {}).ok()
    assert "27 of 40 now" in asked["text"]
    assert admin.post(f"/shortages/{shortage_id}/question", {}).status == 404
    stranger = Caller("")
    answer = {"token": asked["token"], "choice": "cancel_rest"}
    assert stranger.post("/shortage-answers", {**answer, "token": "1-nonsense"}).body["code"] == "unknown_token"
    assert stranger.post("/shortage-answers", {**answer, "token": "nonsense"}).status == 422
    assert stranger.post("/shortage-answers", {**answer, "choice": "more"}).status == 422
    assert stranger.post("/shortage-answers", answer).ok() == {"choice": "cancel_rest"}
    assert stranger.post("/shortage-answers", answer).ok() == {"choice": "cancel_rest"}
    assert stranger.post("/shortage-answers", {**answer, "choice": "wait"}).body["code"] == "already_answered"
    assert admin.get("/shortages").ok()["items"] == []


def test_a_customer_answers_its_own_questions_in_the_portal(wholesaler: Company, admin: Caller) -> None:
    customer, _, shortage_id = a_short_line(admin)
    proposals(admin, shortage_id)
    question_id = admin.post(f"/shortages/{shortage_id}/question", {}).ok()["id"]
    portal = a_caller(wholesaler, "customer", customer_id=customer["id"])
    other = a_caller(wholesaler, "customer", customer_id=a_customer(admin)["id"])
    assert other.get("/shortage-questions").ok()["items"] == []
    path = f"/shortage-questions/{question_id}/answer"
    assert other.post(path, {"choice": "wait"}).status == 404
    (question,) = portal.get("/shortage-questions").ok()["items"]
    assert (question["is_open"], question["choice"]) == (True, None)
    assert portal.post(path, {"choice": "wait"}).ok()["choice"] == "wait"
    assert portal.post(path, {"choice": "cancel_rest"}).body["code"] == "already_answered"


def test_another_company_finds_nothing(admin: Caller) -> None:
    _, _, shortage_id = a_short_line(admin)
    buy = proposals(admin, shortage_id)["buy"]
    with a_wholesaler() as other:
        stranger = a_caller(other, "admin")
        for path in (f"/shortages/{shortage_id}/proposals", f"/shortages/{shortage_id}/question", f"/proposals/{buy['id']}/accept"):
            assert stranger.post(path, {}).status == 404, path
        assert stranger.post(f"/proposals/{buy['id']}/undo", {}).status == 404
        assert stranger.get(f"/shortages/{shortage_id}/proposals").status == 404
