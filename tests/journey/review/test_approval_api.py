"""Approvals over the API: the same refusals as everywhere, each once for its key."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from django.test import Client

from dinghuo.kernel.tenancy import Act
from dinghuo.reference.access import PERMISSIONS
from dinghuo.reference.models import Company
from dinghuo.reference.operations import issue_token
from tests.builders import TODAY, a_customer
from tests.journey.review.approving import BANDS, a_person, an_order_of, by, reviewed, state_of, steps_of, the_matrix

WHY = {"reason_code": "price_agreed", "reason": "as agreed"}


class Caller:
    """A program of somebody with these roles."""

    def __init__(self, act: Act, company: Company, *roles: str, scopes: Sequence[str] | None = None) -> None:
        self.user_id = a_person(company, *roles)
        wanted = list(PERMISSIONS) if scopes is None else scopes
        self.token = issue_token(act=act, user_id=self.user_id, name="test", scopes=wanted)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        sent = {"Authorization": f"Bearer {self.token}", **{name.replace("_", "-"): value for name, value in headers.items()}}
        raw = "" if body is None else json.dumps(body)
        answer = Client().generic(method, f"/api/v1{path}", raw, "application/json", headers=sent)
        return answer.status_code, json.loads(answer.content)

    def get(self, path: str) -> Any:
        status, body = self.call("GET", path)
        assert status == 200, body
        return body

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        status, answer = self.call("POST", path, body, **headers)
        assert status == 200, answer
        return answer

    def refusal(self, path: str, body: Any = None) -> tuple[int, str]:
        status, answer = self.call("POST", path, body)
        return status, answer["code"]


def as_json(band: Any) -> dict[str, Any]:
    bounds = ("amount_over", "amount_up_to", "margin_from", "margin_below")
    found = {name: None if getattr(band, name) is None else str(getattr(band, name)) for name in bounds}
    return {**found, "roles": list(band.roles)}


MATRIX: dict[str, Any] = {"bands": [as_json(band) for band in BANDS], "escalate_after_hours": 2}


@pytest.fixture
def admin(act: Act, company: Company) -> Caller:
    return Caller(act, company, "admin")


def test_a_matrix_is_set_and_shown_and_a_bad_one_refused(admin: Caller) -> None:
    assert admin.get("/approval-matrix") == {"matrix": None, "bands": []}
    admin.post("/approval-matrix", MATRIX)
    shown = admin.get("/approval-matrix")
    assert (shown["matrix"]["version"], shown["matrix"]["escalate_after_hours"], len(shown["bands"])) == (1, 2, 6)
    for bands, refused in (
        (MATRIX["bands"][1:], (409, "bands_leave_gap")),
        ([*MATRIX["bands"], MATRIX["bands"][0]], (409, "bands_overlap")),
        ([{"roles": ["sales"]}], (422, "unknown_role")),
        ([{"roles": ["emperor"]}], (422, "malformed")),
    ):
        assert admin.refusal("/approval-matrix", {"bands": bands}) == refused
    assert admin.get("/approval-matrix") == shown


def test_an_order_is_approved_over_the_api_by_whom_it_may(act: Act, company: Company, admin: Caller) -> None:
    the_matrix(act)
    clerk = Caller(act, company, "credit")
    order_id = an_order_of(by(act, admin.user_id), company, 60_000)
    assert reviewed(act, order_id) == "held"
    (step,) = admin.get("/approvals")["items"]
    assert (step["order_id"], step["role"], step["amount"], step["margin"]) == (order_id, "credit", "60000.000", "0.4000")
    path = f"/approvals/{step['id']}"
    assert Caller(act, company, "sales").refusal(f"{path}/approve", WHY) == (403, "denied")
    assert admin.refusal(f"{path}/approve", WHY) == (409, "four_eyes")
    assert clerk.refusal(f"{path}/approve", {**WHY, "reason_code": "mood"}) == (422, "malformed")
    clerk.post(f"{path}/ask", {"question": "Why now?"})
    first = clerk.post(f"{path}/approve", WHY, Idempotency_Key="k")
    assert first == {"id": step["id"], "order_id": order_id, "state": "held"}
    assert clerk.post(f"{path}/approve", WHY, Idempotency_Key="k") == first, "a repeat gets the first reply"
    assert clerk.refusal(f"{path}/approve", WHY) == (409, "already_decided")
    assert admin.refusal("/approvals/999999999/approve", WHY) == (404, "not_found")
    (second,) = admin.get(f"/approvals?order_id={order_id}")["items"]
    director = Caller(act, company, "admin")
    assert director.post(f"/approvals/{second['id']}/reject", WHY)["state"] == "rejected"
    rows = admin.get(f"/decisions?from_on={TODAY.year}-01-01&until_on=2199-12-31")["items"]
    assert {(row["user_id"], row["decision"]) for row in rows} == {
        (clerk.user_id, "asked"),
        (clerk.user_id, "approved"),
        (director.user_id, "declined"),
    }


def test_a_release_over_the_api_carries_a_reason_code_and_leads_to_approval(act: Act, company: Company, admin: Caller) -> None:
    the_matrix(act)
    order_id = an_order_of(act, company, 20_000, customer=a_customer(company, is_blocked=True))
    reviewed(act, order_id)
    released = admin.post(f"/orders/{order_id}/release", {"reason": "paid", "reason_code": "paid"})
    assert (released["state"], released["waits_for"]) == ("held", ["credit"]), "a release that the matrix stops is none"
    assert [step.role for step in steps_of(order_id)] == ["credit"]
    assert admin.refusal(f"/orders/{order_id}/release", {"reason": "paid", "reason_code": "paid"}) == (409, "waits_for_approval")


@pytest.mark.parametrize("decision", ["release", "reject", "hold"])
def test_a_decision_over_the_api_must_name_its_reason_code_and_is_told_the_codes(
    act: Act, company: Company, admin: Caller, decision: str
) -> None:
    order_id = an_order_of(act, company, 20, customer=a_customer(company, is_blocked=True))
    reviewed(act, order_id)
    for body in ({"reason": "paid"}, {"reason": "paid", "reason_code": "mood"}, {"reason": "", "reason_code": "paid"}):
        status, answer = admin.call("POST", f"/orders/{order_id}/{decision}", body)
        assert (status, answer["code"]) == (422, "malformed")
        if body.get("reason_code") == "mood":
            assert "price_agreed" in json.dumps(answer)
    assert state_of(order_id) == "held"


def test_a_role_is_lent_and_taken_back_over_the_api(act: Act, company: Company, admin: Caller) -> None:
    lender, other = Caller(act, company, "credit"), Caller(act, company, "finance")
    asked = {"to_user_id": other.user_id, "role": "credit", "from_on": "2026-01-01", "until_on": "2199-12-31", "reason": "leave"}
    made = lender.post("/delegations", asked)["id"]
    assert other.refusal("/delegations", {**asked, "from_user_id": lender.user_id}) == (409, "not_yours")
    (shown,) = admin.get("/delegations")["items"]
    assert (shown["id"], shown["from_user_id"], shown["to_user_id"]) == (made, lender.user_id, other.user_id)
    assert other.refusal(f"/delegations/{made}/end") == (409, "not_yours")
    lender.post(f"/delegations/{made}/end")
    assert admin.get("/delegations")["items"] == []
    assert admin.refusal("/delegations/999999999/end") == (404, "not_found")


def test_duties_are_shown_and_changed_over_the_api(act: Act, company: Company, admin: Caller) -> None:
    assert len(admin.get("/duties")["pairs"]) == 3
    pair = {"duty": "release_hold", "other": "take_payment", "reason": "x"}
    admin.post("/duties", {"pairs": [pair]})
    assert admin.get("/duties") == {"pairs": [pair]}
    assert admin.refusal("/duties", {"pairs": [{**pair, "other": "release_hold"}]}) == (422, "malformed")
    assert Caller(act, company, "credit").refusal("/duties", {"pairs": []}) == (403, "denied")


def test_a_copy_and_a_sales_person_are_made_over_the_api(act: Act, company: Company, admin: Caller) -> None:
    customer = a_customer(company)
    order_id = an_order_of(act, company, 100, customer=customer)
    assert admin.post(f"/orders/{order_id}/copy")["id"] > order_id
    assert admin.refusal("/orders/999999999/copy") == (404, "not_found")
    admin.post(f"/customers/{customer.pk}/sales-person", {"user_id": admin.user_id})
    assert admin.refusal(f"/customers/{customer.pk}/sales-person", {"user_id": 999_999_999}) == (422, "unknown_user")
    assert admin.refusal("/customers/999999999/sales-person", {"user_id": admin.user_id}) == (404, "not_found")
