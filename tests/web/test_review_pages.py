"""The reviewer's pages: what they show, what their buttons do, and that they say truthfully what came of it."""

from decimal import Decimal
from typing import Any

import pytest

from dinghuo.journey.ordering.models import SalesOrder, SalesOrderLine
from dinghuo.journey.review.models import ApprovalStep, Hold, OrderQuestion
from dinghuo.journey.review.operations import set_matrix
from dinghuo.journey.review.rules.approval import Band, MatrixDraft
from dinghuo.reference.models import Customer
from tests import shop as shops
from tests.builders import a_customer
from tests.web.site import CANARY, CountedQueries, Goods, Site, open_site, read, some_of_everything

WHY = {"reason_code": "paid", "reason": "transfer seen"}


def state_of(site: Site, order_id: int) -> str:
    with site.acting():
        return str(SalesOrder.objects.get(id=order_id).state)


def number_of(site: Site, order_id: int) -> str:
    with site.acting():
        return str(SalesOrder.objects.get(id=order_id).number)


def press(site: Site, address: str, role: str = "credit", **sent: Any) -> str:
    """What the next page says after a button was pressed."""
    return read(site.clients[role].post(address, {**WHY, **sent}, follow=True)).text


def several_held(site: Site, count: int) -> list[int]:
    with site.acting():
        return [shops.held(site.shop, [(site.shop.products[0], number + 1)]) for number in range(count)]


def with_matrix(site: Site, *roles: str) -> None:
    with site.acting():
        assert set_matrix(act=site.shop.act, draft=MatrixDraft([Band(roles, None, None, None, None)])).done


def test_the_queue_says_in_words_why_each_order_waits(site: Site, goods: Goods) -> None:
    page = read(site.clients["credit"].get("/review/")).text
    assert number_of(site, goods.held) in page
    assert "The customer is blocked." in page
    assert "1 order over 22.60 CNY waits" in page
    chinese = site.clients["credit"].get("/review/", headers={"Accept-Language": "zh-Hans"})
    assert chinese.status_code == 200


def test_the_queue_is_sorted_and_narrowed_by_its_form(site: Site) -> None:
    small, large = several_held(site, 2)
    credit = site.clients["credit"]
    text = read(credit.get("/review/?sort=value")).text
    assert text.index(number_of(site, large)) < text.index(number_of(site, small))
    assert number_of(site, large) not in read(credit.get("/review/?amount_until=12")).text
    assert "No order is like that." in read(credit.get("/review/?cause=credit")).text
    for nonsense in (
        "sort=up",
        "shown=x",
        "amount_from=NaN",
        "amount_from=1e99",
        "days=-1",
        "after=x_y",
        "cause=%00",
        "days=999999999",
    ):
        assert credit.get(f"/review/?{nonsense}").status_code == 200, nonsense


def test_pages_of_the_queue_lead_through_all_of_it(site: Site) -> None:
    ids = several_held(site, 3)
    with site.acting():
        customer = SalesOrder.objects.get(id=ids[0]).customer_id
        SalesOrder.objects.filter(id__in=ids).update(customer_id=customer)
    response = site.clients["credit"].get("/review/?format=csv")
    assert response["Content-Type"].startswith("text/csv")
    assert response.content.decode("utf-8-sig").count("\r\n") == 4


def test_several_orders_are_released_at_once_and_the_page_names_them(site: Site) -> None:
    ids = several_held(site, 3)
    text = press(site, "/review/release/", order=ids)
    assert {state_of(site, each) for each in ids} == {"released"}
    assert "The orders were released: " in text
    assert all(number_of(site, each) in text for each in ids)


def test_a_release_that_the_matrix_stops_is_not_called_a_release(site: Site, goods: Goods) -> None:
    with_matrix(site, "finance")
    text = press(site, "/review/release/", order=[goods.held])
    assert "not released yet" in text
    assert "waits for approval by Finance" in text
    assert "was released" not in text
    assert state_of(site, goods.held) == "held"
    assert "Only an approval is missing" in press(site, "/review/release/", order=[goods.held])
    text = press(site, "/review/approve/", "finance", order=[goods.held])
    assert f"The order was released: {number_of(site, goods.held)}" in text
    assert state_of(site, goods.held) == "released"


def test_an_approval_that_is_not_the_last_says_who_is_next(site: Site, goods: Goods) -> None:
    with_matrix(site, "credit", "finance")
    press(site, "/review/release/", "admin", order=[goods.held])
    assert "waits for approval by Finance" in press(site, "/review/approve/", order=[goods.held])
    text = press(site, "/review/decline/", "finance", order=[goods.held])
    assert "The order was rejected" in text
    assert state_of(site, goods.held) == "rejected"


def test_what_waits_for_me_is_marked_and_listed(site: Site, goods: Goods) -> None:
    with_matrix(site, "finance")
    press(site, "/review/release/", order=[goods.held])
    assert "for my approval" in read(site.clients["finance"].get("/review/?shown=mine")).text
    assert "No order is like that." in read(site.clients["credit"].get("/review/?shown=mine")).text


def test_refusals_of_some_orders_are_told_beside_what_was_done(site: Site, goods: Goods) -> None:
    (held,) = several_held(site, 1)
    text = press(site, "/review/reject/", order=[held, goods.short])
    assert f"The order was rejected: {number_of(site, held)}" in text
    assert f"The order is not on hold; its state is: Released. ({number_of(site, goods.short)})" in text


def test_the_list_of_orders_names_what_a_person_holds(site: Site, goods: Goods) -> None:
    press(site, f"/orders/{goods.noticed}/hold/")
    assert "Held by a person" in read(site.clients["sales"].get("/orders/?state=held")).text


def test_who_entered_an_order_reads_that_he_does_not_release_it(site: Site, goods: Goods) -> None:
    with site.acting():
        SalesOrder.objects.filter(id=goods.held).update(created_by_id=site.users["credit"].pk)
    text = press(site, "/review/release/", order=[goods.held])
    assert "Who entered or changed this order does not release it." in text
    assert "approve" not in text.split("does not release it.")[0][-60:]


def test_nothing_ticked_is_said_and_nothing_happens(site: Site, goods: Goods) -> None:
    assert "Tick the orders first." in press(site, "/review/release/")
    assert "Tick the lines first." in press(site, "/review/lines/hold/")
    assert state_of(site, goods.held) == "held"


def test_a_question_leaves_the_queue_until_sales_answers_it(site: Site, goods: Goods) -> None:
    press(site, "/review/ask/", order=[goods.held], asked_of="sales", reason="Who signed?")
    assert "No order waits for a decision." in read(site.clients["credit"].get("/review/")).text
    assert "Who signed?" in read(site.clients["credit"].get("/review/?shown=asked")).text
    page = read(site.clients["sales"].get(f"/orders/{goods.held}/"))
    with site.acting():
        question = OrderQuestion.objects.get()
    assert ("input", f"answer-{question.pk}") in [(tag, given.get("id")) for tag, given in page.tags]
    text = press(site, f"/review/questions/{question.pk}/answer/", "sales", answer="The owner <b>")
    assert "the order is back in the queue" in text
    assert "The owner <b>" in read(site.clients["credit"].get("/review/")).text
    again = press(site, f"/review/questions/{question.pk}/answer/", "sales", answer="Nobody")
    assert "This question has been answered already." in again
    empty = site.clients["credit"].post("/review/ask/", {"order": goods.held, "asked_of": "sales", "reason": " "})
    assert empty.status_code == 422


def test_a_customer_answers_in_its_portal_what_it_was_asked_and_sees_no_other_question(site: Site) -> None:
    with site.acting():
        order_id = shops.submitted(site.shop, [(site.shop.products[0], 1)])
        Customer.objects.filter(id=site.shop.customer.id).update(is_blocked=True)
    site.clients["credit"].post(f"/orders/{order_id}/review/")
    press(site, "/review/ask/", order=[order_id], asked_of="sales", reason="Do we trust them?")
    press(site, "/review/ask/", order=[order_id], asked_of="customer", reason="Which gate?")
    page = read(site.clients["customer"].get(f"/portal/orders/{order_id}/")).text
    assert "Which gate?" in page
    assert "trust" not in page
    with site.acting():
        inner, outer = OrderQuestion.objects.order_by("id")
    customer = site.clients["customer"]
    assert customer.post(f"/portal/questions/{inner.pk}/answer/", {"answer": "Yes"}).status_code == 404
    assert "Thank you" in read(customer.post(f"/portal/questions/{outer.pk}/answer/", {"answer": "Gate 3"}, follow=True)).text
    with site.acting():
        assert OrderQuestion.objects.get(id=outer.pk).answer == "Gate 3"


def test_the_page_of_one_order_shows_exposure_with_its_documents_and_days_per_line(site: Site, goods: Goods) -> None:
    with site.acting():
        Customer.objects.filter(id=site.shop.customer.id).update(is_blocked=True, credit_limit=Decimal(5))
        order_id = shops.submitted(site.shop, [(site.shop.products[0], 1), (site.shop.products[2], 999)])
    site.clients["credit"].post(f"/orders/{order_id}/review/")
    page = read(site.clients["credit"].get(f"/review/{order_id}/"))
    assert "Open orders" in page.text
    assert f"/orders/{goods.short}/" in [given.get("href") for tag, given in page.tags if tag == "a"]
    assert "in stock" in page.text
    assert "no supply known" in page.text
    assert "Open orders" not in read(site.clients["warehouse"].get(f"/review/{order_id}/")).text, "credit is not the warehouse's"
    assert site.clients["credit"].get(f"/review/{goods.draft}/").status_code == 404


def test_a_line_is_held_and_let_go_from_the_pages(site: Site, goods: Goods) -> None:
    with site.acting():
        line_id = SalesOrderLine.objects.get(order_id=goods.short).pk
    assert "1 line is held." in press(site, "/review/lines/hold/", line=[line_id])
    page = read(site.clients["sales"].get("/review/lines/")).text
    assert "Paid or secured: transfer seen" in page
    with site.acting():
        hold = Hold.objects.get(order_line_id=line_id, lifted_at=None)
    assert "on hold already" in press(site, "/review/lines/hold/", line=[line_id])
    assert "1 line goes on." in press(site, "/review/lines/release/", hold=[hold.pk])
    assert "No line is on hold." in read(site.clients["sales"].get("/review/lines/")).text


def test_a_release_is_undone_before_the_goods_have_left(site: Site, goods: Goods) -> None:
    text = press(site, f"/orders/{goods.noticed}/hold/")
    assert "The order waits on" in text
    assert state_of(site, goods.noticed) == "held"
    assert "A person holds it: transfer seen" in read(site.clients["credit"].get(f"/review/{goods.noticed}/")).text
    assert "cannot be undone" in press(site, f"/orders/{goods.delivered}/hold/")


def test_a_form_leads_back_to_our_own_pages_alone(site: Site, goods: Goods) -> None:
    for wanted, found in (
        ("/review/?sort=value", "/review/?sort=value"),
        ("https://example.com/", "/review/"),
        ("//example.com", "/review/"),
    ):
        response = site.clients["credit"].post("/review/release/", {**WHY, "back": wanted, "order": goods.short})
        assert response["Location"] == found


def test_text_in_the_queue_is_shown_as_it_was_typed(site: Site) -> None:
    (held,) = several_held(site, 1)
    press(site, "/review/ask/", order=[held], asked_of="sales", reason=CANARY[:290])
    page = site.clients["credit"].get("/review/?shown=all").content.decode()
    assert "<img src=x" not in page
    assert "alert(2)&lt;/script" in page
    table = site.clients["credit"].get("/review/?shown=all&format=csv").content.decode()
    press(site, "/review/ask/", order=[held], asked_of="sales", reason="=1+1")
    assert "'=1+1" in site.clients["credit"].get("/review/?shown=all&format=csv").content.decode()
    assert table.startswith("\ufeff")


def test_the_touchless_page_tells_what_people_did_and_why(site: Site) -> None:
    ids = several_held(site, 2)
    press(site, "/review/release/", order=ids)
    page = read(site.clients["auditor"].get("/review/touchless/")).text
    assert "Hold released Paid or secured: transfer seen" in page
    assert "0 %" in page
    for step in ("day", "week", "month", "year"):
        assert site.clients["auditor"].get(f"/review/touchless/?step={step}").status_code == 200
    table = site.clients["auditor"].get("/review/touchless/?format=csv").content.decode()
    assert table.count("OrderReleased,paid,transfer seen") == 2
    assert "No order was released in this time." in read(site.clients["auditor"].get("/review/touchless/?until=2001-01-01")).text
    for nonsense in ("from=2030-01-01", "until=9999-12-31", "until=0001-01-01", "after=x"):
        assert site.clients["auditor"].get(f"/review/touchless/?{nonsense}").status_code == 200, nonsense


def test_decisions_are_reported_by_person_month_by_month(site: Site) -> None:
    ids = several_held(site, 2)
    press(site, "/review/release/", order=ids)
    page = read(site.clients["auditor"].get("/review/decisions/")).text
    assert f"{site.users['credit'].username} Released Paid or secured 2" in page
    table = site.clients["auditor"].get("/review/decisions/?format=csv").content.decode()
    assert f"{site.users['credit'].username},released,paid,2," in table
    assert "Nobody decided anything" in read(site.clients["auditor"].get("/review/decisions/?month=2001-01")).text
    for month in ("2001-13", "x", "0001-01", "9999-12"):
        assert site.clients["auditor"].get(f"/review/decisions/?month={month}").status_code == 200, month


@pytest.fixture
def stranger(site: Site) -> Site:
    """Another company with orders, approvals, holds and questions of its own."""
    other = open_site()
    goods = some_of_everything(other)
    with_matrix(other, "finance")
    press(other, "/review/release/", order=[goods.held])
    press(other, "/review/ask/", order=[goods.held], asked_of="sales", reason="Secret question?")
    with other.acting():
        line_id = SalesOrderLine.objects.get(order_id=goods.short).pk
    press(other, "/review/lines/hold/", line=[line_id])
    return other


def test_another_companys_reviews_are_neither_read_nor_acted_on(site: Site, stranger: Site) -> None:
    with stranger.acting():
        held = SalesOrder.objects.get(state="held").pk
        step, question = ApprovalStep.objects.get(), OrderQuestion.objects.get()
        hold = Hold.objects.get(order_line__isnull=False, lifted_at=None)
        before = list(Hold.objects.order_by("id").values_list("id", "lifted_at"))
    admin = site.clients["admin"]
    for address in (
        "/review/?shown=all",
        "/review/lines/",
        "/review/touchless/",
        "/review/decisions/",
        "/review/?shown=all&format=csv",
    ):
        page = admin.get(address).content.decode()
        assert stranger.shop.customer.code not in page, address
        assert "Secret question?" not in page, address
        assert "transfer seen" not in page, address
    assert admin.get(f"/review/{held}/").status_code == 404
    for address in ("release", "reject", "approve", "decline", "ask", "ask-before-approval"):
        response = admin.post(f"/review/{address}/", {**WHY, "order": held, "asked_of": "sales"})
        assert response.status_code == 404, address
    admin.post("/review/lines/hold/", {**WHY, "line": hold.order_line_id})
    admin.post("/review/lines/release/", {**WHY, "hold": hold.pk})
    assert admin.post(f"/review/questions/{question.pk}/answer/", {"answer": "x"}).status_code == 404
    assert admin.post(f"/orders/{held}/hold/", WHY).status_code == 404
    with stranger.acting():
        assert ApprovalStep.objects.get(id=step.pk).state == "waiting"
        assert OrderQuestion.objects.get(id=question.pk).answer == ""
        assert list(Hold.objects.order_by("id").values_list("id", "lifted_at")) == before
        assert SalesOrder.objects.get(id=held).state == "held"


@pytest.mark.parametrize("address", ["/review/?shown=all", "/review/lines/", "/review/touchless/", "/review/decisions/"])
def test_a_page_takes_the_same_statements_for_one_order_and_for_many(site: Site, address: str) -> None:
    counts = []
    for size in (1, 20):
        ids = several_held(site, size)
        with site.acting():
            lines = list(SalesOrderLine.objects.filter(order_id__in=ids).values_list("id", flat=True))
        press(site, "/review/lines/hold/", line=lines)
        press(site, "/review/release/", order=ids[: size // 2 or 1])
        site.clients["credit"].get(address)
        with CountedQueries() as counted:
            site.clients["credit"].get(address)
        counts.append(counted.count)
    assert counts[0] == counts[1]
    assert counts[0] <= 14, counts


def test_a_decision_takes_the_same_statements_for_one_order_and_for_many(site: Site) -> None:
    with site.acting():
        a_customer(site.shop.company)
    counts = []
    for size in (2, 15):
        ids = several_held(site, size)
        with CountedQueries() as counted:
            site.clients["credit"].post("/review/reject/", {**WHY, "order": ids})
        counts.append(counted.count)
    assert counts[0] == counts[1]
