"""The pages of policies: what is typed becomes a version, faults stand beside their fields, older versions come back."""

from typing import Any

from dinghuo.journey.allocation.models import AllocationPolicy, PolicySchedule
from dinghuo.journey.allocation.operations.policies import PolicyDraft, add_policy
from dinghuo.journey.allocation.policy_form import definition_of, filled, place_fault
from dinghuo.journey.allocation.policy_templates import STARTS
from dinghuo.kernel.errors import Refused
from tests.web.site import CANARY, Goods, Site, open_site, read

EVERYTHING: dict[str, Any] = {
    "segments": [
        {
            "name": "late A",
            "strategy": "win",
            "conditions": [
                {"key": "customer_class", "operator": "in", "value": ["A", "B"]},
                {"key": "requested_on", "operator": "lt", "value": "2026-03-02"},
                {"key": "days_late", "operator": "ge", "value": 5},
            ],
        }
    ],
    "otherwise": "redistribute",
    "on_breach": "abort",
    "ranking": [{"key": "score", "descending": True}, {"key": "entered"}],
    "weights": [{"key": "value", "weight": 3}],
    "sharing": {"method": "shares", "key": "customer_class", "weights": [["A", 700], ["B", 300]], "unused": "down_up"},
    "quotas": [{"key": "region", "value": "CN", "units": 50, "from_on": "2026-03-01", "until_on": "2026-03-31", "carries": True}],
    "floors": [{"key": "customer_class", "value": "A", "share": 125, "product": "P1"}],
    "tree": {
        "key": "region",
        "nodes": [
            {"name": "Asia", "rank": 1, "units": 30},
            {"name": "China", "parent": "Asia", "rank": 2, "units": 40, "value": "CN", "product": "P1"},
        ],
    },
    "may_break_safety": ["A"],
    "over_limit_waits": True,
    "acceptance": {"whole_cases": True, "minimum_fill": 800, "patience_days": 3},
    "placement": {"lots": "fewest", "warehouses": "nearest", "in_time": True},
    "timing": {"reserve_days": 14, "ageing_days": 7},
}


def test_the_form_gives_back_the_definition_that_it_was_filled_from() -> None:
    again = definition_of(filled("all", "", EVERYTHING))
    assert {name: again[name] for name in EVERYTHING} == EVERYTHING


def test_every_policy_to_start_from_can_be_put_in_force(site: Site) -> None:
    with site.acting():
        for start in STARTS:
            made = add_policy(act=site.shop.act, draft=PolicyDraft(start.code, str(start.title), dict(start.definition)))
            assert made.done, made


def typed(**values: object) -> dict[str, object]:
    """A form with nothing in it but what is given; `__` stands for a point."""
    return {"code": "fresh", "name": "Fresh", **{name.replace("__", "."): value for name, value in values.items()}}


def test_a_policy_is_typed_and_then_changed_and_an_older_version_comes_back(site: Site) -> None:
    admin = site.clients["admin"]
    ranking = {"ranking__key": ["customer_class", "entered"], "ranking__descending": ["", ""]}
    response = admin.post("/allocation/policies/new/", typed(**ranking), follow=True)
    assert "The policy is in force." in read(response).text
    with site.acting():
        first = AllocationPolicy.objects.get()
        assert first.definition == {"ranking": [{"key": "customer_class"}, {"key": "entered"}]}
    admin.post(f"/allocation/policies/{first.pk}/change/", typed(acceptance__minimum_fill="80"))
    with site.acting():
        second = AllocationPolicy.objects.get(version=2)
        assert second.definition == {"acceptance": {"minimum_fill": 800}}
    restored = admin.post(f"/allocation/policies/{first.pk}/restore/", follow=True)
    assert "in force again" in read(restored).text
    with site.acting():
        assert AllocationPolicy.objects.get(retired_at=None).definition == first.definition
        assert AllocationPolicy.objects.count() == 3


def test_a_fault_stands_beside_its_field_and_what_was_typed_is_still_there(site: Site) -> None:
    admin = site.clients["admin"]
    response = admin.post("/allocation/policies/new/", typed(acceptance__patience_days="soon", acceptance__minimum_fill="101"))
    page = read(response)
    assert response.status_code == 422
    assert "A whole number is wanted here." in page.text
    assert "Per cent from 0 to 100, with at most one decimal." in page.text
    assert ("soon", True) in [(given.get("value"), "is-invalid" in str(given.get("class"))) for _tag, given in page.tags]
    with site.acting():
        assert not AllocationPolicy.objects.exists()


def test_refusals_of_the_policy_itself_are_put_into_words(site: Site) -> None:
    admin = site.clients["admin"]
    score = admin.post("/allocation/policies/new/", typed(ranking__key=["score"], ranking__descending=["1"]))
    assert "A ranking by the weighted score needs weights." in read(score).text
    both = typed(acceptance__complete_lines="1", sharing__method="proportional")
    assert "This contradicts another rule" in read(admin.post("/allocation/policies/new/", both)).text
    nowhere = {"quotas__key": ["customer_id"], "quotas__value": ["NOBODY"], "quotas__units": ["5"], "quotas__share": [""]}
    others = {
        "quotas__product": [""],
        "quotas__from_on": [""],
        "quotas__until_on": [""],
        "quotas__carries": [""],
        "quotas__spans": [""],
    }
    unknown = read(admin.post("/allocation/policies/new/", typed(**nowhere, **others)))
    assert "NOBODY" in unknown.text


def test_a_refusal_finds_the_condition_of_the_segment_it_is_about() -> None:
    form = filled("all", "", EVERYTHING)
    place_fault(form, Refused("", code="unknown_code", column="segments[0].conditions[1].value", key="x", value="y"))
    (row,) = next(part for part in form.parts if part.section.place == "segments").rows
    assert [cell.field.name for cell in row.cells if cell.fault] == ["value_2"]


def test_a_code_that_is_in_use_is_refused(site: Site, goods: Goods) -> None:
    response = site.clients["admin"].post("/allocation/policies/new/", {"code": "fair", "name": ""})
    assert response.status_code == 422
    assert "There is another version in force meanwhile" in read(response).text


def test_a_schedule_begins_and_ends(site: Site, goods: Goods) -> None:
    admin = site.clients["admin"]
    admin.post("/allocation/policies/schedule/", {"policy": "fair", "weekday": ["1", "7"], "hour": "6"})
    with site.acting():
        made = PolicySchedule.objects.order_by("-id")[0]
        assert (made.policy_code, made.weekdays, made.hour, made.posts) == ("fair", "17", 6, False)
    admin.post(f"/allocation/schedules/{made.pk}/end/")
    with site.acting():
        assert PolicySchedule.objects.get(id=made.pk).ended_at is not None
    assert "at least one day" in read(admin.post("/allocation/policies/schedule/", {"hour": "6"}, follow=True)).text


def test_who_may_not_write_policies_sees_them_and_changes_nothing(site: Site, goods: Goods) -> None:
    page = read(site.clients["sales"].get(f"/allocation/policies/{goods.policy}/"))
    assert any(tag == "fieldset" and "disabled" in given for tag, given in page.tags)
    assert "Save as the next version" not in page.text
    assert site.clients["sales"].post(f"/allocation/policies/{goods.policy}/change/", typed()).status_code == 403


def test_policies_of_another_company_are_not_there(site: Site, goods: Goods) -> None:
    other = open_site().clients["admin"]
    assert other.get(f"/allocation/policies/{goods.policy}/").status_code == 404
    for act in ("change", "restore", "retire"):
        assert other.post(f"/allocation/policies/{goods.policy}/{act}/", typed()).status_code == 404, act
    assert other.post(f"/allocation/schedules/{goods.schedule}/end/").status_code == 404


def test_what_an_attacker_types_into_a_policy_stays_text(site: Site) -> None:
    form = {**typed(segments__name=[CANARY], segments__strategy=["gain"]), "code": CANARY[:40], "name": CANARY}
    form |= {f"segments.{name}_{number}": [""] for name in ("key", "operator", "value") for number in (1, 2, 3)}
    made = site.clients["admin"].post("/allocation/policies/new/", form, follow=True)
    for page in (
        read(made),
        read(site.clients["admin"].get("/allocation/policies/")),
        read(site.clients["admin"].get("/allocation/runs/")),
    ):
        assert CANARY in page.text
        assert not [tag for tag, given in page.tags if "onerror" in given]
