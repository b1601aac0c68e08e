"""Lists come in pages, in a number of statements that does not grow, with every figure exact."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dinghuo.journey.allocation.operations.supplies import peg_backorders
from dinghuo.journey.tracking.models import Feedback
from dinghuo.kernel.models import Event
from dinghuo.reference.models import Company, PriceList
from tests.api.callers import Caller, a_caller, a_wholesaler
from tests.api.goods import a_customer, a_product, a_shipment, a_shop, an_order
from tests.builders import a_carrier, a_warehouse, an_act

NEWEST_FIRST = (
    "/orders",
    "/shipments",
    "/invoices",
    "/receivables",
    "/payments",
    "/returns",
    "/feedback",
    "/allocations",
    "/stock/moves",
    "/stock/transfers",
    "/stock/counts",
    "/stock/quarantine",
    "/stock/holds",
)
LISTS = (
    *NEWEST_FIRST,
    "/customers",
    "/products",
    "/warehouses",
    "/carriers",
    "/stock",
    "/stock/supplies",
    "/stock/balances",
    "/stock/settings",
    "/stock/pegs",
    "/shortages",
    "/events",
)


def furnish(company: Company, admin: Caller) -> None:
    """One more of everything that can be listed."""
    shop = a_shop(company, admin)
    an_order(admin, shop.customer, shop.product, "999")
    line = {"product": shop.product, "quantity": "5", "unit_cost": "1", "expected_on": "2026-03-02"}
    admin.post("/stock/supplies", {"lines": [line]}).ok()
    setting = {"product": shop.product, "safety_quantity": "1", "zone": "A"}
    admin.post("/stock/settings", {"lines": [setting]}).ok()
    peg_backorders(act=an_act(company))
    a_warehouse(company, priority=9)
    a_carrier(company)


def statements(asked: Callable[[], Any]) -> int:
    """How many statements a call runs that read or write tables."""
    with CaptureQueriesContext(connection) as captured:
        asked()
    words = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "(")
    texts = [query["sql"].lstrip() for query in captured.captured_queries]
    bare = ["\n".join(line for line in text.splitlines() if not line.startswith("--")).lstrip() for text in texts]
    return sum(text.startswith(words) and "set_config" not in text for text in bare)


def test_every_list_takes_the_same_two_statements_however_long_it_is(wholesaler: Company, admin: Caller) -> None:
    furnish(wholesaler, admin)
    short = {path: statements(partial(admin.get, path)) for path in LISTS}
    for _ in range(3):
        furnish(wholesaler, admin)
    long = {path: statements(partial(admin.get, path)) for path in LISTS}
    assert all(len(admin.get(path).ok()["items"]) >= 4 for path in LISTS)
    # Who bears the token, and the page itself.
    assert short == long == dict.fromkeys(LISTS, 2)


@pytest.mark.parametrize("lines", [1, 40])
def test_one_document_takes_a_fixed_number_of_statements(wholesaler: Company, admin: Caller, lines: int) -> None:
    customer, product = a_customer(admin), a_product(admin, "500")
    body = {"customer": customer["code"], "submit": True, "lines": [{"product": product["code"], "quantity": "1"}] * lines}
    order_id = admin.post("/orders", body).ok()["id"]
    shipment = a_shipment(admin, order_id)
    admin.post(f"/shipments/{shipment['id']}/dispatch").ok()
    (invoice,) = admin.get(f"/invoices?order_id={order_id}").ok()["items"]
    counted = {
        "order": statements(lambda: admin.get(f"/orders/{order_id}").ok()),
        "timeline": statements(lambda: admin.get(f"/orders/{order_id}/timeline").ok()),
        "shipment": statements(lambda: admin.get(f"/shipments/{shipment['id']}").ok()),
        "invoice": statements(lambda: admin.get(f"/invoices/{invoice['id']}").ok()),
    }
    assert counted == {"order": 4, "timeline": 3, "shipment": 3, "invoice": 3}


def test_pages_hold_every_row_once_in_order(wholesaler: Company, admin: Caller) -> None:
    for _ in range(3):
        furnish(wholesaler, admin)
    for path in LISTS:
        whole = [row["id"] for row in admin.get(f"{path}?limit=200").ok()["items"]]
        pages = list(admin.pages(path, limit=2))
        assert [row["id"] for page in pages for row in page] == whole, path
        assert whole == sorted(whole, reverse=path in NEWEST_FIRST or path == "/shortages"), path
        assert all(len(page) == 2 for page in pages[:-1]), path


def test_a_page_goes_on_where_it_stopped_although_rows_came_in_between(admin: Caller) -> None:
    customer, product = a_customer(admin)["code"], a_product(admin)["code"]
    first = [an_order(admin, customer, product)["id"] for _ in range(4)]
    page = admin.get("/orders?limit=2").ok()
    an_order(admin, customer, product)
    following = admin.get(f"/orders?limit=2&cursor={page['next']}").ok()
    assert [row["id"] for row in [*page["items"], *following["items"]]] == first[::-1]


def test_the_journal_can_be_followed_from_any_event(wholesaler: Company, admin: Caller) -> None:
    furnish(wholesaler, admin)
    kept = list(Event.objects.filter(company_id=wholesaler.id).order_by("id").values_list("id", flat=True))
    assert [row["id"] for page in admin.pages("/events", limit=5) for row in page] == kept
    assert [row["id"] for row in admin.get(f"/events?limit=200&cursor={kept[3]}").ok()["items"]] == kept[4:]
    posted = admin.get("/events?kind=InvoicePosted&kind=PaymentTaken").ok()["items"]
    assert {row["kind"] for row in posted} == {"InvoicePosted", "PaymentTaken"}


def test_orders_are_found_by_what_is_known_of_them(admin: Caller) -> None:
    customer, product = a_customer(admin), a_product(admin)["code"]
    wanted = an_order(admin, customer["code"], product, external_ref="R-1", customer_po="PO-1", ordered_on="2026-03-05")
    an_order(admin, a_customer(admin)["code"], product, submit=False, ordered_on="2026-02-01")
    for query in (
        f"customer={customer['code']}",
        f"customer_id={customer['id']}",
        "state=released",
        "external_ref=R-1",
        "customer_po=PO-1",
        "ordered_from=2026-03-05&ordered_until=2026-03-05",
    ):
        assert [row["id"] for row in admin.get(f"/orders?{query}").ok()["items"]] == [wanted["id"]], query
    assert admin.get("/orders?state=cancelled").ok() == {"items": [], "next": None}


def test_amounts_have_their_currencys_decimals_and_quantities_no_needless_ones(db: None) -> None:
    with a_wholesaler(currency_id="JPY") as company:
        admin = a_caller(company)
        product = a_product(admin, "2.500", list_price="1000.500000", case_quantity="6.000")
        assert (product["list_price"], product["case_quantity"], product["tax_rate"]) == ("1000.5", "6", "0.13")
        customer = a_customer(admin, credit_limit="1000000", tax_rate="0.0800")
        assert (customer["credit_limit"], customer["tax_rate"]) == ("1000000", "0.08")
        order = an_order(admin, customer["code"], product["code"], "2.500")
        assert (order["amount_net"], order["amount_tax"], order["amount_gross"]) == ("2501", "200", "2701")
        assert (order["lines"][0]["ordered"], order["lines"][0]["unit_price"]) == ("2.5", "1000.5")
        (level,) = admin.get("/stock").ok()["items"]
        assert level["on_hand"] == "2.5"


def test_master_data_are_changed_field_by_field(wholesaler: Company, admin: Caller) -> None:
    PriceList.objects.create(company_id=wholesaler.id, code="VIP", name="VIP")
    customer = a_customer(admin, credit_limit="500", city="Yiwu")
    at = f"/customers/{customer['id']}"
    changed = admin.call("PATCH", at, {"credit_limit": None, "price_list": "VIP"}).ok()
    assert changed == {**customer, "credit_limit": None, "price_list": "VIP"}
    assert admin.call("PATCH", at, {}).ok() == changed
    assert admin.call("PATCH", at, {"name": None}).status == 422
    assert admin.post(f"{at}/block", {"reason": "late"}).ok()["is_blocked"] is True
    order = an_order(admin, customer["code"], a_product(admin)["code"])
    assert order["state"] == "held"
    assert admin.call("PATCH", at, {"code": a_customer(admin)["code"]}).body["code"] == "code_taken"


def test_stock_is_received_corrected_and_never_taken_from_those_it_is_promised_to(admin: Caller) -> None:
    product = a_product(admin, "10")["code"]
    an_order(admin, a_customer(admin)["code"], product, "8")
    expected = {"lines": [{"product": product, "quantity": "4", "unit_cost": "6", "expected_on": "2026-03-09"}]}
    (inbound,) = admin.post("/stock/supplies", expected).ok()["inbound_ids"]
    came = {"product": product, "quantity": "4", "unit_cost": "6", "inbound_id": inbound}
    admin.post("/stock/receipts", {"lines": [came], "external_ref": "GR-1"}).ok()
    admin.post("/stock/receipts", {"lines": [came], "external_ref": "GR-1"}).ok()
    assert admin.get("/stock/supplies?open=true").ok()["items"] == []
    refused = admin.post("/stock/adjustments", {"lines": [{"product": product, "quantity": "-7"}], "reason": "counted"})
    assert (refused.status, refused.body["code"], refused.body["facts"]["free"]) == (409, "not_enough_free_stock", "6.000")
    admin.post("/stock/adjustments", {"lines": [{"product": product, "quantity": "-6"}], "reason": "counted"}).ok()
    levels = admin.get(f"/stock?product={product}").ok()["items"]
    assert sum(Decimal(level["on_hand"]) for level in levels) == 8
    assert sum(Decimal(level["available"]) for level in levels) == 0


def test_feedback_that_waits_for_an_answer_is_listed_apart(wholesaler: Company, admin: Caller) -> None:
    furnish(wholesaler, admin)
    furnish(wholesaler, admin)
    first, second = Feedback.objects.filter(company_id=wholesaler.id).order_by("id").values_list("id", flat=True)
    admin.post(f"/feedback/{first}/answer", {"answer": "Thank you."}).ok()
    assert [row["id"] for row in admin.get("/feedback?unanswered=true").ok()["items"]] == [second]
    again = admin.post(f"/feedback/{first}/answer", {"answer": "Again."})
    assert (again.status, again.body["code"]) == (409, "already_answered")
