"""Customers, products and the company over the API: every column that a rule or a paper reads can be set and is shown."""

from typing import Any

import pytest

from dinghuo.kernel import tenancy
from dinghuo.kernel.models import Event
from dinghuo.reference.models import Company
from tests.api.callers import Caller, a_caller

CUSTOMER: dict[str, Any] = {
    "region": "Zhejiang",
    "postcode": "310000",
    "cash_discount_rate": "0.02",
    "cash_discount_days": 10,
    "credit_limit": "80000.00",
    "credit_limit_expires_on": "2030-12-31",
    "order_maximum": "20000.00",
    "parent": "HEAD",
    "group_credit_limit": "100000.00",
    "account_status": "closed",
    "dunning_level": 2,
    "receiving_days": "135",
    "po_must_be_unique": True,
}
PRODUCT: dict[str, Any] = {
    "keeps_lots": True,
    "minimum_quantity": "12",
    "lead_time_days": 14,
    "sold_from": "2026-01-01",
    "discontinued_on": "2027-01-01",
    "is_dual_use": True,
}


def a_customer(admin: Caller, code: str, **given: Any) -> dict[str, Any]:
    body: dict[str, Any] = admin.post("/customers", {"code": code, "name": "Lotus", "country": "CN", **given}).ok()
    return body


def test_all_that_is_agreed_with_a_customer_is_set_shown_and_taken_away(wholesaler: Company, admin: Caller) -> None:
    a_customer(admin, "HEAD")
    made = a_customer(admin, "C1", **CUSTOMER)
    assert {name: made[name] for name in CUSTOMER} == CUSTOMER
    plain = a_customer(admin, "C2")
    assert (plain["cash_discount_rate"], plain["order_maximum"], plain["parent"]) == ("0", None, None)
    changed = admin.call("PATCH", f"/customers/{plain['id']}", CUSTOMER).ok()
    assert {name: changed[name] for name in CUSTOMER} == CUSTOMER
    taken = {"parent": None, "credit_limit": None, "order_maximum": None, "po_must_be_unique": None, "receiving_days": ""}
    changed = admin.call("PATCH", f"/customers/{plain['id']}", taken).ok()
    assert {name: changed[name] for name in taken} == taken
    assert admin.get(f"/customers/{plain['id']}").ok() == changed


@pytest.mark.parametrize(
    "given",
    [
        {"cash_discount_rate": "1"}, {"cash_discount_days": 366}, {"receiving_days": "8"}, {"dunning_level": -1},
        {"postcode": "1" * 13}, {"order_maximum": "-1"}, {"account_status": "Shut!"}, {"parent": "NOBODY"},
    ],
)  # fmt: skip
def test_a_senseless_column_of_a_customer_is_refused_and_nothing_changes(
    wholesaler: Company, admin: Caller, given: dict[str, Any]
) -> None:
    before = a_customer(admin, "C1")
    reply = admin.call("PATCH", f"/customers/{before['id']}", given)
    assert reply.status == 422, reply.body
    assert admin.get(f"/customers/{before['id']}").ok() == before


def test_a_group_has_one_head_that_is_in_no_group(wholesaler: Company, admin: Caller) -> None:
    head, member = a_customer(admin, "HEAD"), a_customer(admin, "C1", parent="HEAD")
    other = a_customer(admin, "C2")
    for customer, parent in ((head, "HEAD"), (other, "C1"), (head, "C2")):
        reply = admin.call("PATCH", f"/customers/{customer['id']}", {"parent": parent})
        assert (reply.status, reply.body["code"]) == (422, "unknown_parent"), (customer["code"], parent)
    assert admin.get(f"/customers/{member['id']}").ok()["parent"] == "HEAD"


def test_all_that_orders_of_a_product_are_judged_by_is_set_and_shown(wholesaler: Company, admin: Caller) -> None:
    given = {"code": "P1", "name": "Teapot", "list_price": "10", "standard_cost": "4", "tax_rate": "0.13"}
    made = admin.post("/products", {**given, **PRODUCT}).ok()
    assert {name: made[name] for name in PRODUCT} == PRODUCT
    none = {"minimum_quantity": None, "lead_time_days": None, "sold_from": None, "discontinued_on": None, "is_dual_use": False}
    changed = admin.call("PATCH", f"/products/{made['id']}", none).ok()
    assert {name: changed[name] for name in none} == none
    assert admin.call("PATCH", f"/products/{made['id']}", {"minimum_quantity": "0"}).status == 422


def test_an_order_shows_its_terms_of_payment_and_delivery(wholesaler: Company, admin: Caller) -> None:
    customer = a_customer(admin, "C1", cash_discount_rate="0.02", cash_discount_days=10, postcode="310000", region="Zhejiang")
    admin.post("/products", {"code": "P1", "name": "Teapot", "list_price": "10", "standard_cost": "4", "tax_rate": "0.13"}).ok()
    admin.post("/warehouses", {"code": "W1", "name": "Main", "country": "CN"}).ok()
    terms = {"incoterm": "FOB", "freight_payer": "buyer"}
    asked = {"customer": customer["code"], "lines": [{"product": "P1", "quantity": "2"}], **terms}
    shown = admin.post("/orders", asked).ok()
    assert {name: shown[name] for name in (*terms, "cash_discount_rate", "cash_discount_days")} == {
        **terms, "cash_discount_rate": "0.02", "cash_discount_days": 10,
    }  # fmt: skip
    assert (shown["ship_to_region"], shown["ship_to_postcode"]) == ("Zhejiang", "310000")


def test_the_company_s_letterhead_and_steps_change_with_an_event_of_what_was_before(wholesaler: Company, admin: Caller) -> None:
    before = admin.get("/company").ok()
    assert before["code"] == wholesaler.code
    changed = admin.call("PATCH", "/company", {"phone": "+86 571 1", "auto_notice": False, "country": "CN"}).ok()
    assert changed == {**before, "phone": "+86 571 1", "auto_notice": False, "country": "CN"}
    assert admin.call("PATCH", "/company", {"phone": "+86 571 1"}).ok() == changed
    with tenancy.acting_for(wholesaler.id):
        (event,) = Event.objects.filter(kind="CompanyChanged")
    told = {name: [before[name], changed[name]] for name in ("phone", "auto_notice", "country") if before[name] != changed[name]}
    assert event.facts["changed"] == told
    assert {"phone", "auto_notice"} <= told.keys()


@pytest.mark.parametrize(
    "given", [{"name": ""}, {"country": "china"}, {"country": "QX"}, {"auto_release": "yes"}, {"currency": "USD"}]
)
def test_a_senseless_letterhead_is_refused_and_nothing_changes(wholesaler: Company, admin: Caller, given: dict[str, Any]) -> None:
    before = admin.get("/company").ok()
    assert admin.call("PATCH", "/company", given).status == 422
    assert admin.get("/company").ok() == before


def test_only_an_administrator_changes_the_company(wholesaler: Company) -> None:
    assert a_caller(wholesaler, "finance").call("PATCH", "/company", {"phone": "1"}).status == 403
