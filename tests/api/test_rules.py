"""Rules over the API: added, changed, restored and tried, with every refusal in the one shape."""

from decimal import Decimal
from typing import Any

import pytest

from dinghuo.journey.review.models import Review, ReviewRule
from dinghuo.journey.review.rules import KINDS
from dinghuo.kernel import tenancy
from dinghuo.kernel.models import Event
from dinghuo.reference.models import Company
from tests.api.callers import Caller, a_caller, a_wholesaler
from tests.api.goods import a_customer, a_product, an_order

BIG = {"code": "big", "kind": "quantities", "parameters": {"quantity_max": "1200"}}


def count_of_rules(company: Company) -> int:
    with tenancy.acting_for(company.id):
        return ReviewRule.objects.count()


def test_a_rule_goes_through_its_versions(wholesaler: Company, admin: Caller) -> None:
    first = admin.post("/rules", BIG).ok()
    assert (first["version"], first["retired_at"], first["parameters"]["quantity_max"]) == (1, None, "1200")
    assert first["author"]
    second = admin.post(f"/rules/{first['id']}/versions", {"parameters": {"quantity_max": "5"}, "severity": "warn"}).ok()
    assert (second["version"], second["severity"], second["code"]) == (2, "warn", "big")
    assert admin.get(f"/rules/{first['id']}").ok()["retired_at"] is not None
    third = admin.post(f"/rules/{first['id']}/restore").ok()
    assert (third["version"], third["parameters"], third["severity"]) == (3, first["parameters"], "hold")
    retired = admin.post(f"/rules/{third['id']}/retire").ok()
    assert retired["retired_at"] is not None
    versions = [row["version"] for page in admin.pages(f"/rules/{first['id']}/versions?", 2) for row in page]
    assert versions == [3, 2, 1]
    assert first["id"] not in {row["id"] for row in admin.get("/rules").ok()["items"]}
    listed = {row["id"] for page in admin.pages("/rules?state=retired&kind=quantities", 2) for row in page}
    assert {first["id"], second["id"], third["id"]} <= listed


def test_the_kinds_tell_what_a_rule_may_say(wholesaler: Company, admin: Caller) -> None:
    kinds = {row["kind"]: row for row in admin.get("/rule-kinds").ok()["items"]}
    assert set(kinds) == set(KINDS)
    assert (kinds["credit"]["in_force"], kinds["cases"]["in_force"]) == (1, 0)
    (quantity, *_common) = kinds["quantities"]["parameters"]
    assert (quantity["name"], quantity["type"], quantity["default"]) == ("quantity_max", "number", "100000")


@pytest.mark.parametrize(
    ("given", "status", "code", "column"),
    [
        ({"parameters": {"quantity_max": "-1"}}, 422, "malformed", "quantity_max"),
        ({"parameters": {"quantity_max": 1.5}}, 422, "malformed", None),
        ({"parameters": {"colour": "red"}}, 422, "malformed", "colour"),
        ({"kind": "weather"}, 422, "unknown_kind", None),
        ({"scope": "customer", "scope_value": "NOBODY"}, 422, "unknown_scope", None),
        ({"scope": "planet"}, 422, "malformed", "scope"),
        ({"scope_value": "C1"}, 422, "unknown_scope", None),
        ({"kind": "credit", "parameters": {}, "severity": "hold_line"}, 422, "malformed", "severity"),
        ({"check_points": []}, 422, "malformed", "check_points"),
        ({"precedence": 10_001}, 422, "malformed", "precedence"),
        ({"code": "credit"}, 409, "version_conflict", None),
        ({"colour": "red"}, 422, "malformed", "colour"),
    ],
)
def test_a_faulty_rule_is_refused_and_changes_nothing(
    wholesaler: Company, admin: Caller, given: dict[str, Any], status: int, code: str, column: str | None
) -> None:
    before = count_of_rules(wholesaler)
    answer = admin.post("/rules", {**BIG, **given})
    assert (answer.status, answer.body["code"]) == (status, code), answer.raw
    assert column is None or answer.body["facts"]["column"] == column
    assert count_of_rules(wholesaler) == before


def test_a_version_that_is_no_longer_in_force_is_a_conflict(wholesaler: Company, admin: Caller) -> None:
    first = admin.post("/rules", BIG).ok()
    assert admin.post(f"/rules/{first['id']}/restore").body["code"] == "version_conflict"
    admin.post(f"/rules/{first['id']}/versions", {}).ok()
    for call in ("versions", "retire"):
        answer = admin.post(f"/rules/{first['id']}/{call}", {})
        assert (answer.status, answer.body["code"], answer.body["facts"]) == (409, "version_conflict", {"version": 2, "yours": 1})


def test_a_repeat_with_the_same_key_makes_one_rule(wholesaler: Company, admin: Caller) -> None:
    first, again = (admin.post("/rules", BIG, Idempotency_Key="one") for _ in range(2))
    assert first.raw == again.raw
    assert admin.post("/rules", BIG).body["code"] == "version_conflict"


def test_only_an_administrator_changes_rules_and_strangers_do_not_see_them(wholesaler: Company, admin: Caller) -> None:
    first = admin.post("/rules", BIG).ok()
    auditor = a_caller(wholesaler, "auditor")
    assert auditor.get(f"/rules/{first['id']}").ok() == first
    assert auditor.post(f"/rules/{first['id']}/retire").status == 403
    with a_wholesaler() as other:
        stranger = a_caller(other, "admin")
        for call in ("versions", "retire", "restore"):
            assert stranger.post(f"/rules/{first['id']}/{call}", {}).status == 404
        assert first["id"] not in {row["id"] for row in stranger.get("/rules?state=all").ok()["items"]}


def test_a_trial_names_the_orders_and_writes_nothing(wholesaler: Company, admin: Caller) -> None:
    customer, product = a_customer(admin), a_product(admin)
    small, large = (an_order(admin, customer["code"], product["code"], quantity) for quantity in ("2", "90"))
    with tenancy.acting_for(wholesaler.id):
        before = [model.objects.count() for model in (Review, Event, ReviewRule)]
    asked = {**BIG, "parameters": {"quantity_max": "50"}, "last": 10}
    trial = admin.post("/rule-trials", asked).ok()
    assert (trial["orders"], trial["newly_held"], trial["newly_passed"], trial["precision_now"]) == (2, 1, 0, None)
    assert [(row["id"], row["change"], row["decision"]) for row in trial["items"]] == [(large["id"], "newly_held", "")]
    assert admin.post("/rule-trials", {**asked, "until_on": "2001-01-01"}).ok()["orders"] == 0
    with tenancy.acting_for(wholesaler.id):
        assert [model.objects.count() for model in (Review, Event, ReviewRule)] == before
    assert admin.post("/rule-trials", {**asked, "last": 20_001}).status == 422
    assert admin.post("/rule-trials", {**asked, "parameters": {"quantity_max": "x"}}).body["facts"]["column"] == "quantity_max"
    assert small["id"] not in {row["id"] for row in trial["items"]}


def test_a_trial_with_a_key_is_answered_again_from_its_reply(wholesaler: Company, admin: Caller) -> None:
    first, again = (admin.post("/rule-trials", BIG, Idempotency_Key="try") for _ in range(2))
    assert first.ok()["orders"] == 0
    assert first.raw == again.raw


def test_the_versions_of_the_matrix_and_past_delegations_are_listed(wholesaler: Company, admin: Caller) -> None:
    for limit in ("100", "200"):
        low, high = {"amount_up_to": limit}, {"amount_over": limit, "roles": ["credit"]}
        admin.post("/approval-matrix", {"bands": [low, high]}).ok()
    found: list[Any] = [row for page in admin.pages("/approval-matrix/versions?", 1) for row in page]
    assert [(row["matrix"]["version"], Decimal(row["bands"][0]["amount_up_to"])) for row in found] == [
        (2, Decimal(200)),
        (1, Decimal(100)),
    ]
    assert found[0]["retired_at"] is None
    assert found[1]["retired_at"] is not None
    assert admin.get("/delegations/history").ok() == {"items": [], "next": None}
