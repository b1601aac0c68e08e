"""The list of orders, the page of one, and its buttons."""

import pytest

from dinghuo.journey.allocation.models import Shortage
from dinghuo.journey.finance.models import Payment, SalesInvoice
from dinghuo.journey.ordering.models import OrderState, SalesOrder
from dinghuo.journey.shipping.models import Shipment
from dinghuo.reference.models import Company
from tests import shop as shops
from tests.builders import a_customer
from tests.web.site import Goods, Site, read


def numbers_on(site: Site, query: str = "") -> list[str]:
    """The order numbers that the list shows, in its order."""
    texts = read(site.clients["sales"].get(f"/orders/{query}")).texts
    return [text for text in texts if text.startswith("SO2026-")]


def number_of(site: Site, order_id: int) -> str:
    with site.acting():
        return str(SalesOrder.objects.get(id=order_id).number)


def state_of(site: Site, order_id: int) -> str:
    with site.acting():
        return str(SalesOrder.objects.get(id=order_id).state)


def test_the_list_shows_the_latest_order_first(site: Site, goods: Goods) -> None:
    with site.acting():
        expected = list(SalesOrder.objects.order_by("-ordered_on", "-id").values_list("number", flat=True))
    assert numbers_on(site) == expected


@pytest.mark.parametrize("state", OrderState)
def test_the_list_narrows_to_a_state(site: Site, goods: Goods, state: OrderState) -> None:
    with site.acting():
        expected = list(SalesOrder.objects.filter(state=state).order_by("-id").values_list("number", flat=True))
    assert numbers_on(site, f"?state={state}") == expected


def test_the_list_finds_what_needs_attention(site: Site, goods: Goods) -> None:
    assert numbers_on(site, "?issue=held") == [number_of(site, goods.held)]
    assert number_of(site, goods.short) in numbers_on(site, "?issue=short")
    assert number_of(site, goods.held) not in numbers_on(site, "?issue=short")
    assert number_of(site, goods.short) in numbers_on(site, "?issue=waited")
    assert numbers_on(site, "?issue=overdue") == []
    with site.acting():
        shops.posted(site.shop, [(site.shop.products[0], 1)])
    # The tests' day lies before today, so that what was due in 30 days is overdue on the pages.
    assert len(numbers_on(site, "?issue=overdue")) == 1


def test_the_list_finds_a_customer_by_code_and_by_either_name(site: Site, goods: Goods) -> None:
    with site.acting():
        customer = a_customer(site.shop.company, code="ZHANG-9", name="Zhang Brothers", name_zh="张氏兄弟贸易")
        order_id = shops.entered(site.shop, [(site.shop.products[0], 1)], customer)
    for typed in ("zhang-9", "brothers", "张氏", "贸易"):
        assert numbers_on(site, f"?customer={typed}") == [number_of(site, order_id)], typed
    assert numbers_on(site, "?customer=nobody") == []


def test_the_list_finds_the_beginning_of_a_number_or_of_the_customers_reference(site: Site, goods: Goods) -> None:
    with site.acting():
        SalesOrder.objects.filter(id=goods.noticed).update(customer_po="po-4711")
        SalesOrder.objects.filter(id=goods.short).update(external_ref="ABC1")
    number = number_of(site, goods.held)
    assert numbers_on(site, f"?number={number.lower()}") == [number]
    assert set(numbers_on(site, "?number=SO")) == set(numbers_on(site))
    assert numbers_on(site, "?number=po-47") == [number_of(site, goods.noticed)]
    assert numbers_on(site, "?number=ABC1") == [number_of(site, goods.short)]


def test_the_list_finds_days_and_products(site: Site, goods: Goods) -> None:
    with site.acting():
        SalesOrder.objects.filter(id=goods.held).update(ordered_on="2025-12-24")
    number = number_of(site, goods.held)
    assert numbers_on(site, "?from=2025-12-24&until=2025-12-24") == [number]
    assert number not in numbers_on(site, "?from=2025-12-25")
    assert numbers_on(site, f"?product={site.shop.products[2].code}") == [number_of(site, goods.short)]


def test_pages_of_the_list_follow_each_other_without_gap_or_repeat(site: Site) -> None:
    with site.acting():
        for _each in range(103):
            shops.entered(site.shop, [(site.shop.products[0], 1)])
        expected = list(SalesOrder.objects.order_by("-ordered_on", "-id").values_list("number", flat=True))
    for query in ("", "state=draft", f"customer={site.shop.customer.code}", "number=SO"):
        seen, address = [], f"/orders/?{query}"
        while address:
            page = read(site.clients["sales"].get(address))
            seen += [text for text in page.texts if text.startswith("SO2026-")]
            following = [attributes["href"] for _tag, attributes in page.tags if attributes.get("rel") == "next"]
            address = f"/orders/{following[0]}" if following else ""
        assert seen == expected, query


def test_the_page_of_an_order_tells_how_far_each_line_has_come(site: Site, goods: Goods) -> None:
    with site.acting():
        order_id = SalesInvoice.objects.get(id=goods.invoice).order_id
    page = read(site.clients["sales"].get(f"/orders/{order_id}/"))
    assert ("svg", "ordered 5, allocated 5, shipped 5, invoiced 5") in [
        (tag, str(attributes.get("aria-label"))) for tag, attributes in page.tags
    ]
    assert "Settled 56.50" in page.text
    assert "Invoice INV2026-000001 over 56.50 posted" in page.text
    assert "Payment of 56.50 applied" in page.text


def test_the_page_of_a_held_order_says_why_it_waits(site: Site, goods: Goods) -> None:
    page = read(site.clients["credit"].get(f"/orders/{goods.held}/")).text
    assert "The customer is blocked." in page
    assert "holds the order" in page
    assert "Order put on hold: Customer" in page


def test_the_page_of_a_short_order_says_what_is_missing(site: Site, goods: Goods) -> None:
    assert "7 not in stock (no stock)" in read(site.clients["sales"].get(f"/orders/{goods.short}/")).text


def test_an_order_of_more_lines_than_a_page_shows_them_all_in_turn(site: Site) -> None:
    product = site.shop.products[0]
    with site.acting():
        order_id = shops.entered(site.shop, [(product, quantity) for quantity in range(1, 451)])
    shown: list[int] = []
    query: str | None = ""
    while query is not None:
        page = read(site.clients["sales"].get(f"/orders/{order_id}/{query}"))
        shown.append(len([tag for tag, attributes in page.tags if attributes.get("class") == "way"]))
        links = [str(attributes["href"]) for tag, attributes in page.tags if tag == "a" and "line=" in str(attributes.get("href"))]
        query = links[-1].partition("#")[0] if links and shown[-1] == 200 else None
    assert shown == [200, 200, 50]


def test_buttons_are_those_of_the_role_and_the_state(site: Site, goods: Goods) -> None:
    offered = {
        ("sales", goods.draft): {"submit", "cancel"},
        ("credit", goods.draft): set(),
        ("credit", goods.held): {"review-again"},
        ("auditor", goods.held): set(),
        ("warehouse", goods.short): {"allocate", "notice"},
        ("credit", goods.short): {"hold"},
        ("admin", goods.short): {"allocate", "notice", "cancel", "hold"},
    }
    for (role, order_id), expected in offered.items():
        page = read(site.clients[role].get(f"/orders/{order_id}/"))
        actions = [str(attributes.get("action")) for tag, attributes in page.tags if tag == "form"]
        here = {action.split("/")[3] for action in actions if action.startswith(f"/orders/{order_id}/")}
        assert here == expected, (role, order_id)
        leads_to_review = ("a", f"/review/{order_id}/") in [(tag, attributes.get("href")) for tag, attributes in page.tags]
        assert leads_to_review == (role == "credit" and order_id == goods.held), (role, order_id)


def test_an_order_travels_from_draft_to_cash_by_its_buttons(site: Site) -> None:
    product = site.shop.products[0]
    with site.acting():
        shops.stocked(site.shop, (product, 50))
        order_id = shops.entered(site.shop, [(product, 10)])
    site.clients["sales"].post(f"/orders/{order_id}/submit/")
    with site.acting():
        shipment = Shipment.objects.get(order_id=order_id)
    warehouse = site.clients["warehouse"]
    assert warehouse.post(f"/shipping/{shipment.id}/dispatch/")["Location"] == f"/orders/{order_id}/"
    warehouse.post(f"/shipping/{shipment.id}/deliver/")
    with site.acting():
        invoice = SalesInvoice.objects.get(order_id=order_id)
    assert invoice.state == "posted"
    form = {"customer": str(site.shop.customer.id), "invoice": str(invoice.id), "amount": "113.00", "method": "cash",
            "received_on": "2026-03-02", "token": "t1"}  # fmt: skip
    finance = site.clients["finance"]
    assert finance.post("/finance/payments/new/", form).status_code == 302
    assert state_of(site, order_id) == "completed"
    assert "Settled 113.00" in read(site.clients["sales"].get(f"/orders/{order_id}/")).text


def test_a_payment_sent_twice_is_taken_once_and_an_invoice_is_paid_once(site: Site, goods: Goods) -> None:
    with site.acting():
        invoice_id = shops.posted(site.shop, [(site.shop.products[0], 10)])
    form = {"customer": str(site.shop.customer.id), "invoice": str(invoice_id), "amount": "113", "method": "cash",
            "received_on": "2026-03-02", "token": "t1"}  # fmt: skip
    finance = site.clients["finance"]
    assert [finance.post("/finance/payments/new/", form).status_code for _twice in range(2)] == [302, 302]
    with site.acting():
        assert Payment.objects.filter(external_ref="page:t1").count() == 1
    again = finance.post("/finance/payments/new/", {**form, "token": "t2"})
    assert again.status_code == 409
    page = read(again)
    assert "The invoice has been paid already." in page.text
    assert ("input", "113") in [(tag, attributes.get("value")) for tag, attributes in page.tags]


@pytest.mark.parametrize(
    ("field", "value"), [("amount", "0"), ("amount", "-5"), ("amount", "1,5"), ("received_on", "soon"), ("customer", "")]
)
def test_a_payment_that_cannot_be_is_asked_again(site: Site, field: str, value: str) -> None:
    form = {
        "customer": str(site.shop.customer.id),
        "amount": "10",
        "method": "cash",
        "received_on": "2026-03-02",
        "reference": "TT 1",
    }
    response = site.clients["finance"].post("/finance/payments/new/", {**form, field: value})
    assert response.status_code == 422
    assert 'value="TT 1"' in response.content.decode()


def test_a_button_that_comes_too_late_says_why_nothing_happened(site: Site, goods: Goods) -> None:
    credit = site.clients["credit"]
    credit.post(f"/orders/{goods.held}/release/", {"reason_code": "paid", "reason": "paid by phone"})
    assert state_of(site, goods.held) == "released"
    response = credit.post(f"/orders/{goods.held}/release/", {"reason_code": "paid", "reason": "again"}, follow=True)
    assert "The order is not on hold; its state is: Released." in read(response).text
    response = site.clients["sales"].post(f"/orders/{goods.held}/submit/", follow=True)
    assert "The order is not a draft any more." in read(response).text


def test_a_decision_without_a_reason_is_refused(site: Site, goods: Goods) -> None:
    for code, reason in (("paid", ""), ("paid", "   "), ("paid", "x" * 301), ("", "seen"), ("mood", "seen")):
        response = site.clients["credit"].post(f"/orders/{goods.held}/release/", {"reason_code": code, "reason": reason})
        assert response.status_code == 422
        assert "The reasons are: Paid or secured, Limit agreed" in read(response).text
    assert state_of(site, goods.held) == "held"


def test_goods_that_left_keep_an_order_from_being_cancelled(site: Site, goods: Goods) -> None:
    with site.acting():
        order_id = shops.dispatched(site.shop, [(site.shop.products[0], 1)])
    response = site.clients["sales"].post(f"/orders/{order_id}/cancel/", {"reason": "changed my mind"}, follow=True)
    assert "cannot be cancelled" in read(response).text
    assert state_of(site, order_id) != "cancelled"


def test_the_first_page_counts_what_waits(site: Site, goods: Goods) -> None:
    page = read(site.clients["admin"].get("/")).text
    with site.acting():
        short = Shortage.objects.filter(company_id=site.shop.company.id, closed_at=None).count()
    assert short > 0
    for words in ("1 Orders on hold", f"{short} Lines that wait for stock", "1 Shipments due to leave", "1 Invoices to confirm",
                  "1 Feedback without an answer", "Drafts 1"):  # fmt: skip
        assert words in page, words
    assert "Invoices to confirm" not in read(site.clients["warehouse"].get("/")).text
    assert site.clients["customer"].get("/")["Location"] == "/portal/"


def test_lists_of_the_stages_show_their_documents(site: Site, goods: Goods) -> None:
    admin = site.clients["admin"]
    shown = {
        "/review/": "The customer is blocked.",
        "/allocation/": site.shop.products[0].code,
        "/allocation/?lot=NONE-LIKE-THIS": "No stock is like that.",
        "/shipping/": "SN2026-",
        "/shipping/?state=delivered": "SN2026-",
        "/shipping/?state=cancelled": "There is no such shipment.",
        "/finance/": "INV2026-000001",
        "/finance/?state=draft": "Drafts to confirm",
        "/finance/?kind=credit_note": "There is no such document.",
        f"/finance/invoices/{goods.invoice}/": "Total 56.50 CNY",
        "/finance/receivables/": "Nothing is owed.",
        "/finance/payments/": "PAY2026-000001",
        "/tracking/": "Well packed",
        f"/customers/?q={site.shop.customer.code}": site.shop.customer.code,
        f"/products/?q={site.shop.products[0].code}": site.shop.products[0].code,
    }
    for address, words in shown.items():
        assert words in read(admin.get(address)).text, address


def test_a_customer_rates_a_delivered_order_once_and_is_answered(site: Site) -> None:
    with site.acting():
        shops.stocked(site.shop, (site.shop.products[0], 9))
        order_id = shops.delivered(site.shop, [(site.shop.products[0], 2)])
        waiting = shops.released(site.shop, [(site.shop.products[1], 2)])
    customer, sales = site.clients["customer"], site.clients["sales"]
    refused = customer.post(f"/portal/orders/{waiting}/feedback/", {"rating": "5", "comment": "too early"})
    assert "Nothing of this order has been delivered yet." in read(refused).text
    customer.post(f"/portal/orders/{order_id}/feedback/", {"rating": "2", "comment": "Two cups broke"})
    page = read(sales.get("/tracking/?open=1"))
    assert "Two cups broke" in page.text
    (action,) = [str(attributes["action"]) for tag, attributes in page.tags if "answer" in str(attributes.get("action"))]
    empty = sales.post(action, {"answer": " "})
    assert empty.status_code == 200
    sales.post(action, {"answer": "We send new ones"})
    again = sales.post(action, {"answer": "typed for nothing?"})
    assert "This feedback has been answered already." in read(again).text
    assert "We send new ones" in read(customer.get(f"/portal/orders/{order_id}/")).text
    twice = read(customer.post(f"/portal/orders/{order_id}/feedback/", {"rating": "5", "comment": "changed my mind"}))
    assert "This order has been rated already." in twice.text


def test_everything_that_is_due_leaves_arrives_and_is_posted_by_three_buttons(site: Site, goods: Goods) -> None:
    with site.acting():
        Company.objects.filter(id=site.shop.company.id).update(finance_confirms=False)
        also = shops.noticed(site.shop, [(site.shop.products[0], 2)])
    warehouse, finance = site.clients["warehouse"], site.clients["finance"]
    assert "2 documents done." in read(warehouse.post("/shipping/dispatch-due/", follow=True)).text
    with site.acting():
        states = set(Shipment.objects.filter(order_id__in=[goods.noticed, also]).values_list("state", flat=True))
    assert states == {"dispatched"}
    assert "2 documents done." in read(warehouse.post("/shipping/deliver-expected/", follow=True)).text
    assert "1 document done." in read(finance.post("/finance/post-drafts/", follow=True)).text
    with site.acting():
        assert SalesInvoice.objects.get(id=goods.draft_invoice).state == "posted"
