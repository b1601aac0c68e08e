"""The order form: what is typed is kept, each fault names its line, and one form enters one order."""

from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict

from dinghuo.journey.ordering.models import OrderAmendment, SalesOrder, SalesOrderLine
from dinghuo.journey.ordering.rules import LINES_MAX
from dinghuo.reference import typed_text
from dinghuo.reference.models import Customer, PriceList, PriceListItem
from dinghuo.web import order_form
from tests import shop as shops
from tests.builders import a_customer
from tests.web.site import Elements, Site, read


def a_form(site: Site, **given: Any) -> dict[str, Any]:
    """A form that is all right: one line of the first product."""
    return {
        "customer": str(site.shop.customer.id),
        "customer_text": site.shop.customer.code,
        "warehouse": str(site.shop.warehouse.id),
        "customer_po": "PO-1",
        "product": [site.shop.products[0].code],
        "quantity": ["3"],
        "price": [""],
        "token": "0001",
        **given,
    }


def entered(site: Site, response: Any) -> SalesOrder:
    """The order that the answer leads to."""
    assert response.status_code == 302, read(response).text
    with site.acting():
        return SalesOrder.objects.get(id=int(response["Location"].split("/")[2]))


def values_of(page: Elements) -> list[str]:
    """What the form's fields hold."""
    return [str(attributes["value"]) for tag, attributes in page.tags if tag == "input" and "value" in attributes]


def test_a_form_enters_an_order_that_moves_on_by_itself(site: Site) -> None:
    with site.acting():
        shops.stocked(site.shop, (site.shop.products[0], 10))
    order = entered(site, site.clients["sales"].post("/orders/new/", a_form(site)))
    assert (order.state, order.customer_po, order.amount_gross) == ("released", "PO-1", Decimal("33.90"))
    with site.acting():
        line = SalesOrderLine.objects.get(order=order)
    assert (line.ordered, line.allocated, line.unit_price) == (3, 3, 10)


def test_a_draft_stays_a_draft(site: Site) -> None:
    assert entered(site, site.clients["sales"].post("/orders/new/", a_form(site, stay="draft"))).state == "draft"


def test_a_form_sent_twice_enters_one_order(site: Site) -> None:
    first = entered(site, site.clients["sales"].post("/orders/new/", a_form(site)))
    again = entered(site, site.clients["sales"].post("/orders/new/", a_form(site)))
    assert first.id == again.id


def test_a_price_left_out_is_the_agreed_one_and_a_typed_one_holds(site: Site) -> None:
    product = site.shop.products[0]
    with site.acting():
        prices = PriceList.objects.create(company_id=site.shop.company.id, code="A", name="A")
        PriceListItem.objects.create(
            company_id=site.shop.company.id,
            price_list=prices,
            product=product,
            unit_price=Decimal("8.125"),
            valid_from="2020-01-01",
        )
        customer = a_customer(site.shop.company, price_list=prices)
    form = a_form(site, customer=str(customer.id), customer_text=customer.code, product=[product.code] * 2, quantity=["1", "1"],
                  price=["", "9.5"])  # fmt: skip
    order = entered(site, site.clients["sales"].post("/orders/new/", form))
    with site.acting():
        assert list(SalesOrderLine.objects.filter(order=order).order_by("position").values_list("unit_price", flat=True)) == [
            Decimal("8.125"), Decimal("9.5")]  # fmt: skip
    shown = site.clients["sales"].get("/orders/new/line/", {"product": product.code, "customer": customer.id})
    assert 'data-price="8.125"' in shown.content.decode()


def test_the_customers_code_is_enough(site: Site) -> None:
    order = entered(site, site.clients["sales"].post("/orders/new/", a_form(site, customer="")))
    with site.acting():
        assert Customer.objects.get(id=order.customer_id).code == site.shop.customer.code


def test_digits_of_a_chinese_keyboard_are_digits(site: Site) -> None:
    order = entered(site, site.clients["sales"].post("/orders/new/", a_form(site, quantity=["１，２００．５"])))
    with site.acting():
        assert SalesOrderLine.objects.get(order=order).ordered == Decimal("1200.5")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"customer": "", "customer_text": "nobody"}, "Which customer?"),
        ({"warehouse": "999999"}, "Which warehouse?"),
        ({"requested_on": "tomorrow"}, "The requested day is no date."),
        ({"product": ["NOPE"]}, "Line 1 : There is no product with the code NOPE."),
        ({"product": [""], "quantity": ["5"]}, "Line 1 : Which product?"),
        ({"quantity": ["0"]}, "Line 1 : The quantity must be a number above zero"),
        ({"quantity": ["-1"]}, "Line 1 : The quantity must be a number above zero"),
        ({"quantity": ["1,5"]}, "Line 1 : The quantity must be a number above zero"),
        ({"quantity": ["NaN"]}, "Line 1 : The quantity must be a number above zero"),
        ({"quantity": ["1e999999999"]}, "Line 1 : The quantity must be a number above zero"),
        ({"quantity": ["1.2345"]}, "Line 1 : The quantity must be a number above zero"),
        ({"price": ["1.2345678"]}, "Line 1 : The price must be a number"),
        ({"price": ["-1"]}, "Line 1 : The price must be a number"),
        ({"product": [], "quantity": [], "price": []}, "An order needs at least one line."),
    ],
)
def test_a_fault_is_named_and_nothing_typed_is_lost(site: Site, given: dict[str, Any], said: str) -> None:
    form = a_form(site, customer_po="keep me", ship_to_name="keep me too", **given)
    response = site.clients["sales"].post("/orders/new/", form)
    page = read(response)
    assert response.status_code == 422
    assert said in page.text.replace(" :", ":").replace(":", " :")
    kept = values_of(page)
    assert {"keep me", "keep me too", *form["product"], *form["quantity"]} - {""} <= set(kept)
    with site.acting():
        assert not SalesOrder.objects.exists()


def test_faults_of_many_lines_are_all_named_at_once(site: Site) -> None:
    good = site.shop.products[0].code
    form = a_form(site, product=[good, "X1", good, "X2"], quantity=["1", "1", "none", "1"], price=[""] * 4)
    text = read(site.clients["sales"].post("/orders/new/", form)).text
    assert all(f"Line {line}" in text for line in (2, 3, 4))
    assert "Line 1 " not in text


def test_five_thousand_lines_are_an_order_and_one_more_is_none(site: Site) -> None:
    code = site.shop.products[0].code
    for count, status in ((LINES_MAX, 302), (LINES_MAX + 1, 422)):
        form = a_form(site, product=[code] * count, quantity=["1"] * count, price=[""] * count, token=str(count), stay="draft")
        response = site.clients["sales"].post("/orders/new/", form)
        assert response.status_code == status, count
    assert f"at most {LINES_MAX} lines" in read(response).text


def test_a_body_beyond_the_limit_is_refused(site: Site) -> None:
    response = site.clients["sales"].post("/orders/new/", a_form(site, customer_po="x" * 2_200_000))
    assert response.status_code == 400


def test_rows_of_a_spreadsheet_become_lines(site: Site) -> None:
    code, other = (product.code for product in site.shop.products[:2])
    text = f"{code}\t5\t9.50\r\n\r\n{other}\t1,200\nNOPE\t1\n{code.lower()}\tx\n"
    page = read(site.clients["sales"].post("/orders/new/paste/", {"text": text, "customer": str(site.shop.customer.id)}))
    assert values_of(page) == [code, "5", "9.50", other, "1,200", "", "NOPE", "1", "", code.lower(), "x", ""]
    assert "There is no product with the code NOPE." in page.text
    assert "The quantity must be a number above zero" in page.text


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("A\t1\t2", [("A", "1", "2")]),
        ("A 1 2\nB;3", [("A", "1", "2"), ("B", "3", "")]),
        ("A\t\t2", [("A", "", "2")]),
        ("A\t1\t2\tmore\tcells", [("A", "1", "2")]),
        ("\x00\n \n\t\t\n", []),
    ],
)
def test_pasted_text_is_taken_apart_by_its_tabs(text: str, rows: list[tuple[str, str, str]]) -> None:
    assert [(row.code, row.quantity, row.price) for row in order_form.pasted(text)] == rows


def test_pasting_without_end_ends_one_line_past_the_limit() -> None:
    assert len(order_form.pasted("A\t1\n" * 50_000)) == LINES_MAX + 1


@pytest.mark.parametrize(
    ("text", "number"),
    [("1", "1"), ("1.50", "1.50"), (".5", ".5"), ("1,234,567.8", "1234567.8"), ("+3", "3"), ("-3", "-3"), ("1,5", None),
     ("1,23", None), ("12,34,567", None), ("1 000", None), ("", None), ("Infinity", None), ("NaN", None), ("1e5", None),
     ("0x10", None), ("٣", None)],
)  # fmt: skip
def test_only_what_can_be_read_in_one_way_is_a_number(text: str, number: str | None) -> None:
    assert typed_text.number(text) == (None if number is None else Decimal(number))


def test_columns_of_different_length_lose_no_line_to_another(db: None) -> None:
    posted = QueryDict("product=A&quantity=1&price=&product=B&quantity=2&price=3")
    assert [(row.code, row.quantity, row.price) for row in order_form.read_rows(posted)] == [("A", "1", ""), ("B", "2", "3")]


def an_order_to_change(site: Site) -> tuple[int, list[int]]:
    """An order of two lines, and the lines."""
    first, second, _ = site.shop.products
    with site.acting():
        order_id = shops.entered(site.shop, [(first, 5), (second, 6)])
        return order_id, list(SalesOrderLine.objects.filter(order_id=order_id).order_by("position").values_list("id", flat=True))


def test_quantities_prices_and_lines_of_an_order_change_together(site: Site) -> None:
    order_id, (first, second) = an_order_to_change(site)
    form = {
        "version": "1", "reason": "called", f"quantity-{first}": "7", f"price-{first}": "10", f"quantity-{second}": "0",
        f"price-{second}": "10", "product": [site.shop.products[2].code], "quantity": ["4"], "price": ["1.5"],
    }  # fmt: skip
    response = site.clients["sales"].post(f"/orders/{order_id}/amend/", form)
    assert response.status_code == 302, read(response).text
    with site.acting():
        lines = list(SalesOrderLine.objects.filter(order_id=order_id).order_by("position").values_list("ordered", "unit_price"))
        assert OrderAmendment.objects.get(order_id=order_id).reason == "called"
    assert lines == [(Decimal(7), Decimal(10)), (Decimal(4), Decimal("1.5"))]


def test_the_second_of_two_changes_is_shown_what_came_before_it(site: Site) -> None:
    order_id, (first, _second) = an_order_to_change(site)
    sales = site.clients["sales"]
    sales.post(f"/orders/{order_id}/amend/", {"version": "1", "reason": "one", f"quantity-{first}": "7"})
    response = sales.post(f"/orders/{order_id}/amend/", {"version": "1", "reason": "two", f"quantity-{first}": "9"})
    page = read(response)
    assert response.status_code == 409
    assert "at version 2 now, and you saw version 1" in page.text
    assert {"two", "9"} <= set(values_of(page))
    with site.acting():
        assert SalesOrderLine.objects.get(id=first).ordered == 7


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"reason": ""}, "Why is the order changed?"),
        ({}, "Nothing was changed."),
        ({"quantity": "five"}, "“five” cannot be a quantity or price."),
        ({"quantity": "-5"}, "“-5” cannot be a quantity or price."),
    ],
)
def test_a_change_that_cannot_be_is_asked_again(site: Site, given: dict[str, str], said: str) -> None:
    order_id, (first, _second) = an_order_to_change(site)
    form = {"version": "1", "reason": given.get("reason", "because"), f"quantity-{first}": given.get("quantity", "5")}
    response = site.clients["sales"].post(f"/orders/{order_id}/amend/", form)
    assert response.status_code == 422
    assert said in read(response).text
