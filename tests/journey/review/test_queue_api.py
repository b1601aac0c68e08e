"""The reviewer's work over the API: read, decided on and refused as on the pages, once for its key, inside its company."""

from typing import Any

import pytest

from dinghuo.journey.ordering.models import SalesOrder, SalesOrderLine
from dinghuo.journey.review.models import Hold, OrderQuestion
from dinghuo.kernel import tenancy
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company, Customer, Membership
from tests.builders import a_company, a_customer, a_product, a_released_order, a_warehouse, an_act
from tests.journey.review.approving import an_order_of, reviewed, the_matrix
from tests.journey.review.test_approval_api import Caller

WHY = {"reason_code": "credit_risk", "reason": "the buyer has to sign"}
YEAR = "from_on=2026-01-01&until_on=2026-12-31"


@pytest.fixture
def credit(act: Act, company: Company) -> Caller:
    return Caller(act, company, "credit")


@pytest.fixture
def sales(act: Act, company: Company) -> Caller:
    return Caller(act, company, "sales")


def held_of(act: Act, company: Company, gross: int = 10, customer: Customer | None = None) -> int:
    order_id = an_order_of(act, company, gross, customer=customer or a_customer(company, is_blocked=True))
    assert reviewed(act, order_id) == "held"
    return order_id


def line_of(order_id: int) -> int:
    return SalesOrderLine.objects.get(order_id=order_id).pk


def test_the_queue_comes_in_pages_with_what_each_order_waits_for(act: Act, company: Company, credit: Caller) -> None:
    ids = [held_of(act, company, gross) for gross in (10, 30, 20)]
    for sort, wanted in (("age", ids), ("value", [ids[1], ids[2], ids[0]])):
        seen: list[Any] = []
        cursor: str | None = ""
        while cursor is not None:
            found = credit.get(f"/review-queue?limit=2&sort={sort}{cursor}")
            assert (found["orders"], found["amount"]) == (3, "60.000")
            seen += found["items"]
            cursor = None if found["next"] is None else f"&cursor={found['next']}"
        assert [row["id"] for row in seen] == wanted
        assert [cause["kind"] for cause in seen[0]["causes"]] == ["customer"]
    assert [row["id"] for row in credit.get("/review-queue?amount_from=25")["items"]] == [ids[1]]
    for nonsense in ("cursor=1", "sort=up", "shown=x", "amount_from=x", "held_before=2026-01-01T00:00:00"):
        status, _ = credit.call("GET", f"/review-queue?{nonsense}")
        assert status == 422, nonsense


def test_what_i_may_approve_is_marked(act: Act, company: Company, credit: Caller, sales: Caller) -> None:
    the_matrix(act)
    order_id = an_order_of(act, company, 20_000)
    reviewed(act, order_id)
    (mine,) = credit.get("/review-queue?shown=mine")["items"]
    assert (mine["id"], mine["approval_role"], mine["is_mine"]) == (order_id, "credit", True)
    assert sales.get("/review-queue?shown=mine")["items"] == []
    done = credit.post(f"/approvals/{mine['approval_step_id']}/approve", {"reason_code": "paid", "reason": "seen"})
    assert done["state"] == "released"


def test_lines_are_held_and_let_go_over_the_api(act: Act, company: Company, credit: Caller, sales: Caller) -> None:
    order_id = a_released_order(act, a_customer(company), a_warehouse(company), [(a_product(company), 1)])
    asked = {**WHY, "order_line_ids": [line_of(order_id), 999_999_999]}
    first = credit.post("/line-holds", asked, Idempotency_Key="k")
    assert {row["code"] for row in first["results"]} == {"done", "not_found"}
    assert credit.post("/line-holds", asked, Idempotency_Key="k") == first, "a repeat gets the first reply"
    assert credit.post("/line-holds", asked)["results"][0]["code"] in {"already_on_hold", "not_found"}
    (hold,) = sales.get(f"/line-holds?order_id={order_id}")["items"]
    assert (hold["kind"], hold["reason_code"], hold["order_line_id"]) == ("by_hand", "credit_risk", line_of(order_id))
    assert sales.refusal("/line-holds", asked) == (403, "denied")
    assert credit.refusal("/line-holds", {"order_line_ids": [1], "reason": "x"}) == (422, "malformed")
    lifted = credit.post("/line-holds/release", {**WHY, "hold_ids": [hold["id"]]})
    assert (lifted["done"], lifted["refused"]) == (1, 0)
    assert credit.post("/line-holds/release", {**WHY, "hold_ids": [hold["id"]]})["results"][0]["code"] == "already_lifted"


def test_exposure_names_its_documents(act: Act, company: Company, credit: Caller) -> None:
    customer = a_customer(company)
    order_id = a_released_order(act, customer, a_warehouse(company), [(a_product(company), 10)])
    found = credit.get(f"/customers/{customer.pk}/exposure")
    assert (found["exposure"], len(found["buckets"])) == ("113.000", 5)
    (document,) = found["buckets"][0]["documents"]
    assert (document["document"], document["document_id"]) == ("sales_order", order_id)
    assert Caller(act, company, "warehouse").call("GET", f"/customers/{customer.pk}/exposure")[0] == 403
    (line,) = credit.get(f"/orders/{order_id}/line-promises")["items"]
    assert (line["supplied_by"], line["promised_on"]) == ("none", None)


def test_a_question_is_asked_and_answered_over_the_api(act: Act, company: Company, credit: Caller, sales: Caller) -> None:
    order_id = held_of(act, company)
    asked = {"order_ids": [order_id], "asked_of": "sales", "question": "Who signed?"}
    assert credit.post("/questions", asked)["done"] == 1
    assert credit.refusal("/questions", {**asked, "asked_of": "boss"}) == (422, "malformed")
    assert credit.get("/review-queue?shown=to_decide")["items"] == []
    (question,) = sales.get("/questions?is_open=true")["items"]
    assert (question["order_id"], question["asked_by_id"]) == (order_id, credit.user_id)
    path = f"/questions/{question['id']}/answer"
    assert credit.refusal(path, {"answer": "me"}) == (403, "denied")
    assert sales.refusal(path, {"answer": ""}) == (422, "malformed")
    assert sales.post(path, {"answer": "The owner"})["answered_by_id"] == sales.user_id
    assert sales.refusal(path, {"answer": "again"}) == (409, "question_answered")
    assert sales.get("/questions?is_open=true")["items"] == []


def test_a_customer_answers_its_own_question_and_learns_no_name(act: Act, company: Company, credit: Caller) -> None:
    customer = a_customer(company, is_blocked=True)
    order_id = held_of(act, company, customer=customer)
    for asked_of in ("sales", "customer"):
        credit.post("/questions", {"order_ids": [order_id], "asked_of": asked_of, "question": "Which gate?"})
    portal = Caller(act, company, "sales")
    Membership.objects.filter(company_id=company.id, user_id=portal.user_id).update(role="customer", customer_id=customer.pk)
    (question,) = portal.get("/questions")["items"]
    assert (question["asked_of"], question["asked_by_id"]) == ("customer", None)
    inner = OrderQuestion.objects.get(asked_of="sales").pk
    assert portal.refusal(f"/questions/{inner}/answer", {"answer": "x"}) == (404, "not_found")
    assert portal.post(f"/questions/{question['id']}/answer", {"answer": "Gate 3"})["answered_by_id"] is None


def test_a_release_is_undone_over_the_api(act: Act, company: Company, credit: Caller) -> None:
    order_id = a_released_order(act, a_customer(company), a_warehouse(company), [(a_product(company), 1)])
    assert credit.post(f"/orders/{order_id}/hold", WHY)["state"] == "held"
    assert credit.refusal(f"/orders/{order_id}/hold", WHY) == (409, "not_released")
    assert credit.post(f"/orders/{order_id}/release", WHY)["state"] == "released"


def test_the_touchless_rate_and_the_touches_are_read_over_the_api(act: Act, company: Company, credit: Caller) -> None:
    a_released_order(act, a_customer(company), a_warehouse(company), [(a_product(company), 1)])
    order_id = held_of(act, company)
    credit.post(f"/orders/{order_id}/release", WHY)
    year = SalesOrder.objects.get(id=order_id).created_at.year
    days = f"from_on={year}-01-01&until_on=2199-12-31"
    periods = credit.get(f"/touchless?{days}&step=month")["items"]
    assert (sum(row["released"] for row in periods), sum(row["touchless"] for row in periods)) == (2, 1)
    (touched,) = credit.get(f"/touchless/orders?{days}")["items"]
    assert (touched["id"], touched["touches"]) == (order_id, [{"event": "OrderReleased", **WHY}])
    assert credit.call("GET", "/touchless?from_on=x&until_on=y")[0] == 422


def test_another_company_reads_and_moves_none_of_it(act: Act, company: Company, credit: Caller) -> None:
    order_id = held_of(act, company)
    credit.post("/questions", {"order_ids": [order_id], "asked_of": "sales", "question": "Who signed?"})
    credit.post("/line-holds", {**WHY, "order_line_ids": [line_of(order_id)]})
    question, hold = OrderQuestion.objects.get().pk, Hold.objects.get(rule=None).pk
    line_id, customer_id = line_of(order_id), SalesOrder.objects.get(id=order_id).customer_id
    other = a_company()
    with tenancy.acting_for(other.id):
        stranger = Caller(an_act(other), other, "admin")
        for path in ("/review-queue", "/line-holds", "/questions", f"/touchless/orders?{YEAR}", f"/touchless?{YEAR}"):
            assert stranger.get(path)["items"] == [], path
        assert stranger.call("GET", f"/customers/{customer_id}/exposure")[0] == 404
        assert stranger.call("GET", f"/orders/{order_id}/line-promises")[0] == 404
        assert stranger.refusal(f"/questions/{question}/answer", {"answer": "x"}) == (404, "not_found")
        assert stranger.refusal(f"/orders/{order_id}/hold", WHY) == (404, "not_found")
        for path, ids in (
            ("/line-holds", {"order_line_ids": [line_id]}),
            ("/line-holds/release", {"hold_ids": [hold]}),
        ):
            assert [row["code"] for row in stranger.post(path, {**WHY, **ids})["results"]] == ["not_found"], path
        asked = {"order_ids": [order_id], "asked_of": "sales", "question": "x"}
        assert [row["code"] for row in stranger.post("/questions", asked)["results"]] == ["not_found"]
    with tenancy.acting_for(company.id):
        assert Hold.objects.get(id=hold).lifted_at is None
        assert OrderQuestion.objects.get().answer == ""
