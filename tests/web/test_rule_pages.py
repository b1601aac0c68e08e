"""An administrator keeps the rules on pages: every refusal stands beside its field, and nothing is lost of what was typed."""

import csv
import io
from typing import Any

import pytest

from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.journey.review.models import Review, ReviewRule
from dinghuo.journey.review.operations import RuleDraft, add_rule, change_rule, reject_orders, release_orders
from dinghuo.journey.review.parameter_words import KINDS_IN_WORDS, LABELS, OPTIONS
from dinghuo.journey.review.rules import KINDS
from dinghuo.journey.review.rules.kinds import COMMON
from dinghuo.kernel.models import Event
from tests import shop as shops
from tests.builders import a_customer
from tests.web.site import CountedQueries, Site, read

LARGE = {
    "kind": "quantities", "code": "big", "severity": "hold", "scope": "company", "scope_value": "", "check_points": ["submit"],
    "precedence": "50", "parameter-quantity_max": "1,200", "parameter-grace_days": "0",
}  # fmt: skip


def rule_of(site: Site, code: str) -> ReviewRule:
    """The version of a rule that is in force."""
    with site.acting():
        return ReviewRule.objects.get(code=code, retired_at=None)


def add(site: Site, draft: RuleDraft) -> int:
    """A rule put in force by the system."""
    with site.acting():
        outcome = add_rule(act=site.shop.act, draft=draft)
    assert outcome.done, outcome
    return outcome.id


def test_every_kind_parameter_and_choice_is_described() -> None:
    assert set(KINDS) == set(KINDS_IN_WORDS)
    parameters = [parameter for kind in KINDS.values() for parameter in (*kind.schema, *COMMON)]
    assert {parameter.name for parameter in parameters} - set(LABELS) == set()
    assert {option for parameter in parameters for option in parameter.among} - set(OPTIONS) == set()


def test_the_form_of_every_kind_asks_for_its_parameters_and_is_taken_as_proposed(site: Site) -> None:
    for kind in KINDS:
        page = read(site.clients["admin"].get(f"/settings/rules/new/?kind={kind}"))
        inputs = [tag for name, tag in page.tags if name == "input" and str(tag.get("name", "")).startswith("parameter-")]
        assert {tag["name"] for tag in inputs} == {f"parameter-{name}" for name in KINDS[kind].parameters}
        sent: dict[str, Any] = {"kind": kind, "code": f"my_{kind}", "severity": KINDS[kind].severity, "scope": "company"}
        sent |= {"precedence": "100", "check_points": ["submit"]}
        for tag in inputs:
            if tag.get("type") != "checkbox" or "checked" in tag:
                sent.setdefault(str(tag["name"]), []).append(tag.get("value") or "")
        response = site.clients["admin"].post("/settings/rules/new/", sent)
        assert response.status_code == 302, read(response).text
        assert rule_of(site, f"my_{kind}").parameters == KINDS[kind].parameters


def test_a_rule_is_added_changed_retired_and_restored_and_every_version_names_its_author(site: Site) -> None:
    admin, name = site.clients["admin"], site.users["admin"].username
    admin.post("/settings/rules/new/", LARGE)
    first = rule_of(site, "big")
    assert (first.parameters["quantity_max"], first.precedence, first.created_by_id) == ("1200", 50, site.users["admin"].pk)

    admin.post(f"/settings/rules/{first.pk}/change/", {**LARGE, "parameter-quantity_max": "900", "severity": "warn"})
    second = rule_of(site, "big")
    page = read(admin.get(f"/settings/rules/{second.pk}/")).text
    assert "Largest quantity: 1,200 → 900" in page
    assert "Leads to: Hold → Warn" in page
    assert page.count(name) >= 2

    admin.post(f"/settings/rules/{first.pk}/restore/")
    third = rule_of(site, "big")
    assert (third.version, third.parameters, third.severity) == (3, first.parameters, "hold")
    admin.post(f"/settings/rules/{third.pk}/retire/")
    with site.acting():
        assert not ReviewRule.objects.filter(code="big", retired_at=None).exists()
    assert "big" not in read(admin.get("/settings/rules/?q=big&state=in_force")).text.split("Actions")[-1]
    assert "Retired" in read(admin.get("/settings/rules/?q=big&state=retired")).text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"parameter-quantity_max": "-3"}, "A number from 0 to 1,000,000,000,000."),
        ({"parameter-quantity_max": "many"}, "A number from 0 to 1,000,000,000,000."),
        ({"parameter-quantity_max": ""}, "A number from 0 to 1,000,000,000,000."),
        ({"parameter-grace_days": "1.5"}, "A whole number from 0 to 365."),
        ({"code": ""}, "A rule needs a code."),
        ({"severity": "explode"}, "Choose among what is offered."),
        ({"scope": "planet"}, "Choose among what is offered."),
        ({"scope": "customer", "scope_value": ""}, "Which one? Type its code."),
        ({"scope": "customer", "scope_value": "NOBODY"}, "Nobody and nothing here has this code; the rule would judge nothing."),
        ({"check_points": []}, "Choose at least one."),
        ({"precedence": "10001"}, "A whole number from 0 to 10,000."),
        ({"code": "credit"}, "A rule with this code is in force already."),
    ],
)
def test_a_refusal_stands_in_the_form_and_nothing_is_saved(site: Site, typed: dict[str, Any], sentence: str) -> None:
    with site.acting():
        before = ReviewRule.objects.count()
    response = site.clients["admin"].post("/settings/rules/new/", {**LARGE, **typed})
    assert response.status_code in {409, 422}
    text = read(response).text
    assert sentence in text
    assert "Nothing was saved. What you typed is still here." in text
    with site.acting():
        assert ReviewRule.objects.count() == before


def test_of_two_people_who_change_a_rule_the_second_is_told(site: Site) -> None:
    rule_id = add(site, RuleDraft("big", "quantities"))
    with site.acting():
        change_rule(act=site.shop.act, rule_id=rule_id, draft=RuleDraft("big", "quantities", {"quantity_max": "5"}))
    response = site.clients["admin"].post(f"/settings/rules/{rule_id}/change/", LARGE)
    assert response.status_code == 409
    assert "Somebody else changed the rule meanwhile: version 2 is the newest." in read(response).text
    assert rule_of(site, "big").parameters["quantity_max"] == "5"


def test_a_kind_that_looks_at_whole_orders_offers_no_line_and_no_category(site: Site) -> None:
    page = read(site.clients["admin"].get("/settings/rules/new/?kind=credit"))
    values = {tag.get("value") for name, tag in page.tags if name == "option"}
    assert not values & {"hold_line", "product_category"}
    forged = {"kind": "credit", "code": "c", "severity": "hold_line", "scope": "product_category", "scope_value": "A"}
    response = site.clients["admin"].post("/settings/rules/new/", {**forged, "check_points": "submit", "precedence": "1"})
    assert response.status_code == 422


def test_a_scope_is_chosen_among_what_there_is(site: Site) -> None:
    with site.acting():
        a_customer(site.shop.company, code="LOTUS-1", name="Lotus", customer_class="VIP")
    admin = site.clients["admin"]
    assert "LOTUS-1" in read(admin.get("/settings/rules/scopes/?scope=customer&scope_value=lotus")).text
    assert read(admin.get("/settings/rules/scopes/?scope=customer_class&scope_value=v")).text == "VIP"
    assert read(admin.get("/settings/rules/scopes/?scope=company&scope_value=v")).text == ""


def test_only_an_administrator_changes_rules_and_the_office_reads_them(site: Site) -> None:
    rule_id = add(site, RuleDraft("big", "quantities"))
    for role in ("sales", "credit", "finance", "auditor"):
        page = read(site.clients[role].get(f"/settings/rules/{rule_id}/"))
        assert "Largest quantity" in page.text
        assert f"/settings/rules/{rule_id}/change/" not in {tag.get("href") for _, tag in page.tags}
        assert site.clients[role].post("/settings/rules/new/", LARGE).status_code == 403


def test_the_lists_take_the_same_statements_for_one_rule_and_for_many(site: Site) -> None:
    counts = []
    for number in range(2):
        with site.acting():
            for each in range(number * 60 + 1):
                code = f"r{number}-{each:03}"
                outcome = add_rule(act=site.shop.act, draft=RuleDraft(code, "quantities", {"quantity_max": "1"}))
                change_rule(act=site.shop.act, rule_id=outcome.id, draft=RuleDraft(code, "quantities"))
        with CountedQueries() as listed:
            page = read(site.clients["admin"].get("/settings/rules/"))
        with CountedQueries() as one:
            site.clients["admin"].get(f"/settings/rules/{outcome.id}/")
        counts.append((listed.count, one.count))
    assert counts[0] == counts[1]
    following = next(str(tag["href"]) for _, tag in page.tags if tag.get("rel") == "next")
    assert "r1-059" in read(site.clients["admin"].get(f"/settings/rules/{following}")).text


def tried(site: Site, last: str = "100", **asked: Any) -> Any:
    """The answer of the page that tries a rule."""
    sent = {**LARGE, "parameter-quantity_max": "5", "last": last, "run": "1", **asked}
    return site.clients["admin"].get("/settings/rules/trial/", sent)


def judged(site: Site, quantity: int, decision: str = "") -> int:
    """A held order of a blocked customer, decided by a person if wanted."""
    with site.acting():
        order_id = shops.held(site.shop, [(site.shop.products[0], quantity)])
        if decision == "release":
            release_orders(act=site.shop.act, order_ids=[order_id], reason_code="known_customer", reason="known")
        elif decision == "reject":
            reject_orders(act=site.shop.act, order_ids=[order_id], reason_code="other", reason="mistyped")
    return order_id


def test_a_trial_names_every_order_that_it_would_hold_and_writes_nothing(site: Site) -> None:
    large, small = judged(site, 9, "reject"), judged(site, 2, "release")
    with site.acting():
        before = [model.objects.count() for model in (Review, Event, ReviewRule)]
    response = tried(site)
    page = read(response)
    hrefs = [tag.get("href") for _, tag in page.tags]
    assert response.status_code == 200
    assert f"/orders/{large}/" in hrefs
    assert f"/orders/{small}/" not in hrefs
    assert "– → 100.0 %" in page.text, "precision"
    assert "50.0 % → 100.0 %" in page.text, "agreement"
    with site.acting():
        assert [model.objects.count() for model in (Review, Event, ReviewRule)] == before


def test_a_trial_is_exported_with_every_order(site: Site) -> None:
    large, small = judged(site, 9, "reject"), judged(site, 2)
    response = tried(site, format="csv")
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert response["Content-Disposition"] == 'attachment; filename="trial-big.csv"'
    found = {int(row["order_id"]): (row["change"], row["is_broken"], row["decision"]) for row in rows}
    assert found == {large: ("newly_held", "1", "rejected"), small: ("passed_as_before", "0", "")}


def test_a_trial_looks_at_the_days_and_the_number_that_were_asked_for(site: Site) -> None:
    first, second = judged(site, 9), judged(site, 8)
    with site.acting():
        SalesOrder.objects.filter(id=first).update(ordered_on="2020-05-01")
    hrefs = {tag.get("href") for _, tag in read(tried(site, until="2020-12-31")).tags}
    assert f"/orders/{first}/" in hrefs
    assert f"/orders/{second}/" not in hrefs
    hrefs = {tag.get("href") for _, tag in read(tried(site, last="1")).tags}
    assert f"/orders/{second}/" in hrefs
    assert f"/orders/{first}/" not in hrefs


def test_a_trial_of_a_faulty_rule_is_refused_beside_the_field(site: Site) -> None:
    response = tried(site, **{"parameter-quantity_max": "-1"})
    assert response.status_code == 422
    assert "A number from 0 to 1,000,000,000,000." in read(response).text
    response = tried(site, scope="customer", scope_value="NOBODY")
    assert "Nobody and nothing here has this code" in read(response).text


def test_a_form_is_tried_before_it_is_put_in_force(site: Site) -> None:
    judged(site, 9)
    rule_id = add(site, RuleDraft("big", "quantities", {"quantity_max": "1"}))
    sent = {**LARGE, "parameter-quantity_max": "5", "csrfmiddlewaretoken": "x"}
    response = site.clients["admin"].post(f"/settings/rules/trial/form/?rule={rule_id}", sent, follow=True)
    assert "csrfmiddlewaretoken" not in response.redirect_chain[0][0]
    assert "Try a change of big" in read(response).text
    assert rule_of(site, "big").parameters["quantity_max"] == "1"
