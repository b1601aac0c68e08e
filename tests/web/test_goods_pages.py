"""The warehouse keeper's work on pages: receiving, sending, counting, correcting, setting aside and holding."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dinghuo.journey.allocation.models import (
    InboundSupply,
    LinePromise,
    Lot,
    Quarantine,
    StockCount,
    StockDocument,
    StockHold,
    StockLevel,
    StockTransfer,
)
from dinghuo.journey.allocation.operations import allocate_orders
from dinghuo.journey.allocation.operations.supplies import peg_backorders
from dinghuo.reference.models import Product, Warehouse
from tests import shop as shops
from tests.builders import a_product, a_warehouse
from tests.web.site import Elements, Site, open_site, read

# The day that the pages are looked at, where the company is.
TODAY = datetime.now(ZoneInfo("Asia/Shanghai")).date()
MORROW = TODAY + timedelta(days=1)


def level(site: Site, product: Product, place: Warehouse | None = None) -> tuple[int, int]:
    """What lies of a product in a warehouse, and what of it is not free."""
    with site.acting():
        rows = StockLevel.objects.filter(product=product, warehouse=place or site.shop.warehouse)
        return sum(int(row.on_hand) for row in rows), sum(int(row.allocated) for row in rows)


def stocked(site: Site, quantity: int = 10, **given: Any) -> Product:
    """A product of which some is in stock."""
    with site.acting():
        product = a_product(site.shop.company, **given)
        shops.stocked(site.shop, (product, quantity))
        return product


def sent(site: Site, address: str, head: Mapping[str, str], *rows: Mapping[str, str], role: str = "warehouse") -> Any:
    """The answer to a form with some rows."""
    names = sorted({name for row in rows for name in row})
    columns = {name: [row.get(name, "") for row in rows] for name in names}
    return site.clients[role].post(f"/allocation/{address}", {**head, **columns})


def beside(page: Elements, name: str) -> list[str]:
    """The values of the fields of a name, of those that are marked as wrong."""
    wrong = [attributes for tag, attributes in page.tags if "is-invalid" in str(attributes.get("class"))]
    return [str(attributes.get("value")) for attributes in wrong if attributes.get("name") == name]


def receipt(site: Site, **given: str) -> dict[str, str]:
    return {"warehouse": str(site.shop.warehouse.id), "received_on": str(TODAY), "reason": "DN 7", "token": "t-1", **given}


def goods_row(product: str, quantity: str, **given: str) -> dict[str, str]:
    return {"product": product, "quantity": quantity, "unit_cost": "", "lot": "", "expires_on": "", "supply": "", **given}


def test_goods_are_received_with_their_lot_and_at_standard_cost_when_none_is_typed(site: Site) -> None:
    with site.acting():
        tea = a_product(site.shop.company, code="TEA", keeps_lots=True)
        mug = a_product(site.shop.company, code="MUG")
    rows = [goods_row("TEA", "1,200", lot="S-1", expires_on=str(MORROW), unit_cost="2.50"), goods_row("MUG", "３")]
    response = sent(site, "receive/", receipt(site), *rows)
    assert response.status_code == 302
    with site.acting():
        lot = Lot.objects.get(product=tea)
        costs = {row.product_id: row.cost_amount for row in StockLevel.objects.all()}
        document = StockDocument.objects.get(kind="receipt")
    assert (lot.code, lot.expires_on) == ("S-1", MORROW)
    assert costs == {tea.id: Decimal("3000.00"), mug.id: Decimal("18.00")}
    assert (document.reason, document.recorded_by_id) == ("DN 7", site.users["warehouse"].id)


def test_a_receipt_sent_twice_is_taken_in_once(site: Site) -> None:
    product = site.shop.products[0]
    for _time in range(2):
        assert sent(site, "receive/", receipt(site), goods_row(product.code, "5")).status_code == 302
    assert level(site, product) == (5, 0)


@pytest.mark.parametrize(
    ("head", "row", "field", "sentence"),
    [
        ({}, {"product": "NOPE"}, "product", "There is no product with the code NOPE."),
        ({}, {"quantity": "0"}, "quantity", "The quantity must be a number above zero"),
        ({}, {"quantity": "1,5"}, "quantity", "The quantity must be a number above zero"),
        ({}, {"quantity": ""}, "quantity", "This is needed."),
        ({}, {"unit_cost": "-1"}, "unit_cost", "The cost must be a number, not negative"),
        ({}, {"expires_on": "soon"}, "expires_on", "This is no date."),
        ({}, {"lot": "X"}, "lot", "This product is not kept by lot."),
        ({}, {"product": "TEA"}, "lot", "This product is kept by lot: name the lot."),
        ({}, {"supply": "999999"}, "quantity", "There is no such supply."),
        ({"received_on": str(TODAY + timedelta(days=3))}, {}, "received_on", "The day lies in the future"),
        ({"warehouse": "999999"}, {}, "warehouse", "Which warehouse?"),
        ({"warehouse": ""}, {}, "warehouse", "This is needed."),
    ],
)  # fmt: skip
def test_a_receipt_that_cannot_be_is_refused_beside_its_field_and_nothing_is_lost(
    site: Site, head: dict[str, str], row: dict[str, str], field: str, sentence: str
) -> None:
    with site.acting():
        a_product(site.shop.company, code="TEA", keeps_lots=True)
        good, other = (a_product(site.shop.company).code for _ in range(2))
    response = sent(site, "receive/", receipt(site, **head), goods_row(good, "4", unit_cost="7"), {**goods_row(other, "8"), **row})
    page = read(response)
    assert response.status_code == 422
    assert sentence in page.text
    wrong = [str(attributes.get("name")) for _tag, attributes in page.tags if "is-invalid" in str(attributes.get("class"))]
    assert wrong[:1] == [field]
    values = [attributes.get("value") for tag, attributes in page.tags if tag == "input"]
    assert {good, "4", "7", "DN 7"} <= set(values), "what was typed is still there"
    with site.acting():
        assert not StockDocument.objects.exists()


def test_a_form_without_lines_says_so(site: Site) -> None:
    response = sent(site, "receive/", receipt(site), goods_row("", ""))
    assert response.status_code == 422
    assert "At least one line is needed." in read(response).text


def expected(site: Site, product: Product, quantity: str = "20", on: str = str(MORROW), reference: str = "PO-5") -> int:
    head = {"warehouse": str(site.shop.warehouse.id), "expected_on": on, "reference": reference}
    response = sent(site, "supplies/new/", head, {"product": product.code, "quantity": quantity, "unit_cost": ""})
    assert response.status_code == 302, read(response).text
    with site.acting():
        return InboundSupply.objects.latest("id").id


def test_what_was_expected_is_received_in_parts(site: Site) -> None:
    first, second = site.shop.products[:2]
    one, two = expected(site, first), expected(site, second)
    client = site.clients["warehouse"]
    form = read(client.get("/allocation/receive/?reference=PO-5"))
    named = [(attributes.get("name"), attributes.get("value")) for tag, attributes in form.tags if tag == "input"]
    assert {("product", first.code), ("product", second.code), ("supply", str(one)), ("supply", str(two))} <= set(named)
    rows = [goods_row(first.code, "15", supply=str(one)), goods_row(second.code, "", supply=str(two))]
    assert sent(site, "receive/", receipt(site), *rows).status_code == 302
    with site.acting():
        assert [supply.received for supply in InboundSupply.objects.order_by("id")] == [15, 0]
    more = sent(site, "receive/", receipt(site, token="t-2"), goods_row(first.code, "6", supply=str(one)))
    assert beside(read(more), "quantity") == ["6"]
    assert "That is more than was expected." in read(more).text
    assert "15" in read(client.get("/allocation/supplies/")).texts


def test_news_of_a_supply_names_the_promises_that_would_move_before_it_is_confirmed(site: Site) -> None:
    shop, product = site.shop, site.shop.products[0]
    inbound_id = expected(site, product)
    with site.acting():
        order_id = shops.released(shop, [(product, 8)])
        allocate_orders(act=shop.act, order_ids=[order_id])
        peg_backorders(act=shop.act)
        number = LinePromise.objects.get(order_line__order_id=order_id).order_line.order.number
    client, address = site.clients["warehouse"], f"/allocation/supplies/{inbound_id}/"
    later = MORROW + timedelta(days=9)
    form = {"expected_on": str(later), "quantity": "20", "reason": "the ship waits"}
    preview = read(client.post(address, form))
    assert "1 promise would move" in preview.text
    assert f"{number} / 1" in preview.text
    rows = preview.texts[preview.texts.index("Would be") :]
    assert rows.index(str(MORROW)) < rows.index(str(later))
    with site.acting():
        assert LinePromise.objects.get(order_line__order_id=order_id).promised_on == MORROW, "nothing is written yet"
        assert InboundSupply.objects.get(id=inbound_id).expected_on == MORROW
    assert client.post(address, {**form, "confirmed": "1"}).status_code == 302
    with site.acting():
        assert LinePromise.objects.get(order_line__order_id=order_id).promised_on == later
    assert "no day known" in read(client.post(address, {**form, "quantity": "5"})).text


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"expected_on": "2001-01-01"}, "expected_on", "The day has passed"),
        ({"expected_on": "x"}, "expected_on", "This is no date."),
        ({"quantity": "-4"}, "quantity", "The quantity must be a number, not negative."),
        ({"quantity": "1"}, "quantity", "4 has come already; it cannot be less."),
        ({}, "quantity", "Nothing has changed."),
    ],
)  # fmt: skip
def test_news_that_cannot_be_is_refused_beside_its_field(site: Site, change: dict[str, str], field: str, sentence: str) -> None:
    product = site.shop.products[0]
    inbound_id = expected(site, product)
    sent(site, "receive/", receipt(site), goods_row(product.code, "4", supply=str(inbound_id)))
    form = {"expected_on": str(MORROW), "quantity": "20", "reason": "", **change}
    response = site.clients["warehouse"].post(f"/allocation/supplies/{inbound_id}/", form)
    assert response.status_code in {409, 422}
    assert sentence in read(response).text
    assert len(beside(read(response), field)) == 1


def test_goods_are_sent_and_arrive_in_parts(site: Site) -> None:
    product = stocked(site)
    with site.acting():
        other = a_warehouse(site.shop.company)
    head = {"warehouse": str(site.shop.warehouse.id), "to": str(other.id), "expected_on": str(MORROW), "reason": "rebalance"}
    response = sent(site, "transfers/new/", head, {"product": product.code, "lot": "", "quantity": "6"})
    assert response.status_code == 302
    assert level(site, product) == (4, 0)
    address = response["Location"]
    client = site.clients["warehouse"]
    refused = client.post(f"{address}arrive/", {"quantity-1": "7"})
    assert refused.status_code == 422
    assert "Only 6 of it was sent and has not arrived." in read(refused).text
    assert beside(read(refused), "quantity-1") == ["7"]
    client.post(f"{address}arrive/", {"quantity-1": "2"})
    assert level(site, product, other) == (2, 0)
    assert "In transit" in read(client.get(address)).text
    client.post(f"{address}arrive/", {"quantity-1": "4"})
    with site.acting():
        assert StockTransfer.objects.get().state == "arrived"
    assert level(site, product, other) == (6, 0)
    assert "Nothing is in transit." in read(client.get("/allocation/transfers/")).text
    assert "Nothing was typed." in read(client.post(f"{address}arrive/", {}, follow=True)).text


@pytest.mark.parametrize(
    ("rest", "state", "there", "said"),
    [
        ("returned", "cancelled", 10, "The goods are back where they were sent from."),
        ("written_off", "closed", 4, "What did not arrive was written off."),
    ],
)
def test_a_transfer_that_does_not_arrive_is_ended(site: Site, rest: str, state: str, there: int, said: str) -> None:
    product = stocked(site)
    with site.acting():
        other = a_warehouse(site.shop.company)
    head = {"warehouse": str(site.shop.warehouse.id), "to": str(other.id), "expected_on": str(MORROW), "reason": ""}
    address = sent(site, "transfers/new/", head, {"product": product.code, "lot": "", "quantity": "6"})["Location"]
    client = site.clients["warehouse"]
    assert "End the transfer" in read(client.get(address)).text
    assert client.post(f"{address}end/", {"rest": rest, "reason": ""}).status_code == 422
    assert client.post(f"{address}end/", {"rest": "nowhere", "reason": "?"}).status_code == 422
    assert client.post("/allocation/transfers/999999999/end/", {"rest": rest, "reason": "?"}).status_code == 404
    assert site.clients["credit"].post(f"{address}end/", {"rest": rest, "reason": "?"}).status_code == 403
    page = read(client.post(f"{address}end/", {"rest": rest, "reason": "storm"}, follow=True))
    assert said in page.text
    assert "End the transfer" not in page.text
    assert "storm" in page.text
    with site.acting():
        assert StockTransfer.objects.get().state == state
    client.post(f"{address}end/", {"rest": rest, "reason": "again"})
    assert level(site, product) == (there, 0)


@pytest.mark.parametrize(
    ("head", "quantity", "field", "sentence"),
    [
        ({}, "11", "quantity", "Only 10 is free"), ({"to": "here"}, "1", "to", "Goods are sent from one warehouse to another."),
        ({"expected_on": "2001-01-01"}, "1", "expected_on", "The day has passed"),
    ],
)  # fmt: skip
def test_a_transfer_that_cannot_be_is_refused_beside_its_field(
    site: Site, head: dict[str, str], quantity: str, field: str, sentence: str
) -> None:
    product = stocked(site)
    with site.acting():
        other = a_warehouse(site.shop.company)
    here = str(site.shop.warehouse.id)
    asked = {"warehouse": here, "to": str(other.id), "expected_on": str(MORROW), "reason": "", **head}
    asked["to"] = here if asked["to"] == "here" else asked["to"]
    response = sent(site, "transfers/new/", asked, {"product": product.code, "lot": "", "quantity": quantity})
    page = read(response)
    assert response.status_code == 422
    assert sentence in page.text
    assert [1 for tag, each in page.tags if each.get("name") == field and "is-invalid" in str(each.get("class"))]
    with site.acting():
        assert not StockTransfer.objects.exists()


def opened(site: Site, **given: str) -> str:
    """The address of a new count's sheet."""
    form = {"warehouse": str(site.shop.warehouse.id), "zone": "", "products": "", "reason": "", "is_blind": "1", **given}
    response = site.clients["warehouse"].post("/allocation/counts/new/", form)
    assert response.status_code == 302, read(response).text
    return str(response["Location"])


def line_of(page: Elements) -> str:
    """The name of the only line's field."""
    (name,) = [str(attributes["name"]) for tag, attributes in page.tags if str(attributes.get("name")).startswith("line-")]
    return name


def test_a_blind_count_is_entered_and_its_difference_posted_by_somebody_else(site: Site) -> None:
    product = stocked(site)
    address = opened(site)
    keeper, approver = site.clients["warehouse"], site.clients["finance"]
    sheet = read(keeper.get(address))
    assert "Books" not in sheet.texts
    assert "10" not in sheet.texts
    field = line_of(sheet)
    assert "What was counted was written down." in read(keeper.post(f"{address}record/", {field: "7"}, follow=True)).text
    assert keeper.get(f"{address}differences/").status_code == 403
    assert keeper.post(f"{address}differences/", {"reason": "mine"}).status_code == 403
    found = read(approver.get(f"{address}differences/"))
    assert {"10", "7", "-3", "-18.00"} <= set(found.texts)
    assert approver.post(f"{address}differences/", {"reason": ""}).status_code == 422
    assert level(site, product) == (10, 0)
    done = read(approver.post(f"{address}differences/", {"reason": "year end"}, follow=True))
    assert "The count was posted; stock is as it was counted." in done.text
    assert "Books" in done.texts
    assert level(site, product) == (7, 0)
    with site.acting():
        count = StockCount.objects.get()
    assert (count.reason, count.approved_by_id) == ("year end", site.users["finance"].id)


def test_an_administrator_who_counted_does_not_post_the_count(site: Site) -> None:
    product = stocked(site)
    address = opened(site)
    admin = site.clients["admin"]
    admin.post(f"{address}record/", {line_of(read(admin.get(address))): "7"})
    page = read(admin.post(f"{address}differences/", {"reason": "mine"}, follow=True))
    assert "You counted on this sheet: somebody else has to post it." in page.text
    assert level(site, product) == (10, 0)
    site.clients["finance"].post(f"{address}differences/", {"reason": "looked at"})
    assert level(site, product) == (7, 0)


def test_counting_again_replaces_what_was_found(site: Site) -> None:
    product = stocked(site)
    address = opened(site, is_blind="")
    client = site.clients["warehouse"]
    field = line_of(read(client.get(address)))
    client.post(f"{address}record/", {field: "7"})
    client.post(f"{address}record/", {field: "10"})
    assert "The count found what the books say." in read(site.clients["finance"].get(f"{address}differences/")).text
    site.clients["finance"].post(f"{address}differences/", {"reason": "recounted"})
    assert level(site, product) == (10, 0)


def test_what_is_found_and_not_on_the_sheet_is_added(site: Site) -> None:
    stocked(site)
    with site.acting():
        lost = a_product(site.shop.company, code="LOST")
    address = opened(site)
    client = site.clients["warehouse"]
    for form, name, sentence in (
        ({"product": "NOPE", "quantity": "1"}, "product", "There is no product with the code NOPE."),
        ({"product": "LOST", "quantity": "x"}, "quantity", "What was counted must be a number"),
        ({"product": "LOST", "quantity": "1", "lot": "Q"}, "lot", "The product has no lot with the code Q."),
    ):
        refused = client.post(f"{address}record/", form)
        assert refused.status_code == 422
        assert sentence in read(refused).text
        assert len(beside(read(refused), name)) == 1
    client.post(f"{address}record/", {"product": "LOST", "quantity": "3"})
    assert "LOST" in read(client.get(address)).text
    site.clients["finance"].post(f"{address}differences/", {"reason": "found"})
    assert level(site, lost) == (0, 0), "the other line was not counted, so nothing is posted"
    client.post(f"{address}record/", dict.fromkeys(names_of_lines(read(client.get(address))), "3"))
    site.clients["finance"].post(f"{address}differences/", {"reason": "found"})
    assert level(site, lost) == (3, 0)


def names_of_lines(page: Elements) -> list[str]:
    return [str(attributes["name"]) for tag, attributes in page.tags if str(attributes.get("name")).startswith("line-")]


def test_a_count_that_is_not_complete_is_not_posted_and_says_why(site: Site) -> None:
    stocked(site)
    address = opened(site)
    response = site.clients["finance"].post(f"{address}differences/", {"reason": "too early"})
    assert response.status_code == 422
    assert "has not been counted yet" in read(response).text
    assert "Nothing was posted: some lines keep the count from it." in read(response).text


def test_a_wrong_figure_is_refused_beside_its_line_with_the_others_kept(site: Site) -> None:
    stocked(site)
    stocked(site)
    address = opened(site)
    first, second = names_of_lines(read(site.clients["warehouse"].get(address)))
    response = site.clients["warehouse"].post(f"{address}record/", {first: "-1", second: "5"})
    assert response.status_code == 422
    assert beside(read(response), first) == ["-1"]
    values = {attributes.get("name"): attributes.get("value") for tag, attributes in read(response).tags if tag == "input"}
    assert values[second] == "5"


def test_a_long_sheet_is_counted_page_by_page(site: Site) -> None:
    with site.acting():
        shops.stocked(site.shop, *((a_product(site.shop.company), 4) for _more in range(130)))
    address = opened(site)
    client = site.clients["warehouse"]
    first, second = names_of_lines(read(client.get(address))), names_of_lines(read(client.get(f"{address}?after=100")))
    assert (len(first), len(second), len({*first, *second})) == (100, 30, 130)
    response = client.post(f"{address}record/?after=100", dict.fromkeys(second, "4"))
    assert response["Location"] == f"{address}?after=100"
    assert "30 of 130 lines counted" in read(client.get(address)).text


def test_what_is_being_counted_is_not_received_and_the_count_can_be_given_up(site: Site) -> None:
    product = stocked(site)
    address = opened(site, products=product.code)
    refused = sent(site, "receive/", receipt(site), goods_row(product.code, "1"))
    assert beside(read(refused), "product") == [product.code]
    assert "is going on there" in read(refused).text
    client = site.clients["warehouse"]
    assert client.post(f"{address}cancel/", {"reason": ""}).status_code == 422
    client.post(f"{address}cancel/", {"reason": "fire drill"})
    with site.acting():
        assert StockCount.objects.get().state == "cancelled"
    assert sent(site, "receive/", receipt(site), goods_row(product.code, "1")).status_code == 302
    closed = client.post(f"{address}record/", {"product": product.code, "quantity": "1"}, follow=True)
    assert "The count is not open any more." in read(closed).text


@pytest.mark.parametrize(
    ("form", "field", "sentence"),
    [
        ({"warehouse": "999999"}, "warehouse", "Which warehouse?"),
        ({"products": "NOPE"}, "products", "There is no product with the code NOPE."),
        ({"zone": "Z9"}, "", "There is nothing to count"),
    ],
)  # fmt: skip
def test_a_count_that_cannot_be_opened_is_refused(site: Site, form: dict[str, str], field: str, sentence: str) -> None:
    stocked(site)
    asked = {"warehouse": str(site.shop.warehouse.id), "zone": "", "products": "", "reason": "r", "is_blind": "1", **form}
    response = site.clients["warehouse"].post("/allocation/counts/new/", asked)
    page = read(response)
    assert response.status_code in {409, 422}
    assert sentence in page.text
    wrong = [str(attributes.get("name")) for _tag, attributes in page.tags if "is-invalid" in str(attributes.get("class"))]
    assert wrong == ([field] if field else [])


def test_stock_is_corrected_with_a_reason_and_never_below_what_is_promised(site: Site) -> None:
    product = stocked(site)
    head = {"warehouse": str(site.shop.warehouse.id), "reason": "broken", "token": "a"}
    row = {"product": product.code, "lot": "", "quantity": "-2", "unit_cost": ""}
    assert sent(site, "adjust/", head, row).status_code == 302
    assert level(site, product) == (8, 0)
    with site.acting():
        assert StockDocument.objects.get(kind="adjustment").reason == "broken"
        shops.allocated(site.shop, [(product, 7)])
    refused = sent(site, "adjust/", {**head, "token": "b"}, row)
    assert beside(read(refused), "quantity") == ["-2"]
    assert "Only 1 is free" in read(refused).text
    assert sent(site, "adjust/", {**head, "reason": ""}, row).status_code == 422
    assert beside(read(sent(site, "adjust/", head, {**row, "quantity": "0"})), "quantity") == ["0"]
    assert level(site, product) == (8, 7)


def test_a_correction_of_a_product_with_lots_asks_for_the_lot(site: Site) -> None:
    with site.acting():
        a_product(site.shop.company, code="TEA", keeps_lots=True)
    assert sent(site, "receive/", receipt(site), goods_row("TEA", "5", lot="S-1")).status_code == 302
    head = {"warehouse": str(site.shop.warehouse.id), "reason": "spilt"}
    row = {"product": "TEA", "lot": "", "quantity": "-1", "unit_cost": ""}
    assert "This product is kept by lot: name the lot." in read(sent(site, "adjust/", head, row)).text
    assert "The product has no lot with the code S-2." in read(sent(site, "adjust/", head, {**row, "lot": "S-2"})).text
    assert sent(site, "adjust/", head, {**row, "lot": "S-1"}).status_code == 302


def test_goods_are_set_aside_and_freed_or_written_off(site: Site) -> None:
    product = stocked(site)
    head = {"warehouse": str(site.shop.warehouse.id), "reason": "wet"}
    for _time in range(2):
        row = {"product": product.code, "lot": "", "quantity": "3"}
        assert sent(site, "quarantine/new/", head, row).status_code == 302
    assert level(site, product) == (10, 6)
    with site.acting():
        first, second = Quarantine.objects.order_by("id").values_list("id", flat=True)
    client = site.clients["warehouse"]
    assert client.post(f"/allocation/quarantine/{first}/release/", {"reason": ""}).status_code == 422
    client.post(f"/allocation/quarantine/{first}/release/", {"reason": "dry again"})
    client.post(f"/allocation/quarantine/{second}/scrap/", {"reason": "mould"})
    assert level(site, product) == (7, 0)
    again = read(client.post(f"/allocation/quarantine/{second}/scrap/", {"reason": "twice"}, follow=True))
    assert "The goods are not set aside any more" in again.text
    assert "Nothing is set aside." in again.text
    assert "mould" in read(client.get("/allocation/quarantine/?all=1")).text
    refused = sent(site, "quarantine/new/", head, {"product": product.code, "lot": "", "quantity": "8"})
    assert beside(read(refused), "quantity") == ["8"]


def hold(site: Site, product: Product, **given: str) -> Any:
    head = {"warehouse": str(site.shop.warehouse.id), "kind": "phone", "customer_text": "", "until": "", "note": "", **given}
    return sent(site, "holds/new/", head, {"product": product.code, "quantity": given.pop("quantity", "4")}, role="sales")


def test_stock_is_held_for_a_customer_longer_and_let_go(site: Site) -> None:
    product = stocked(site)
    assert hold(site, product, customer_text=site.shop.customer.code, note="calls back").status_code == 302
    assert level(site, product) == (10, 4)
    with site.acting():
        held = StockHold.objects.get()
    assert held.customer_id == site.shop.customer.id
    client = site.clients["sales"]
    until = f"{MORROW + timedelta(days=5)}T12:30"
    assert "The hold lasts longer." in read(client.post(f"/allocation/holds/{held.id}/extend/", {"until": until}, follow=True)).text
    assert f"{MORROW + timedelta(days=5)} 12:30" in read(client.get("/allocation/holds/")).text
    for wrong in ("", "x", f"{MORROW + timedelta(days=200)}T12:30"):
        answer = client.post(f"/allocation/holds/{held.id}/extend/", {"until": wrong}, follow=True)
        assert "A hold ends after now and within 90 days." in read(answer).text
    client.post(f"/allocation/holds/{held.id}/release/")
    assert level(site, product) == (10, 0)
    assert "Nothing is held for anybody." in read(client.get("/allocation/holds/")).text
    assert "calls back" in read(client.get("/allocation/holds/?all=1")).text


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"quantity": "11"}, "Only 10 is free"), ({"customer_text": "NOPE"}, "There is no such customer."),
        ({"kind": "favour"}, "Choose among what is offered."), ({"until": "2001-01-01T00:00"}, "A hold ends after now"),
        ({"until": "noon"}, "This is no date and time."),
    ],
)  # fmt: skip
def test_a_hold_that_cannot_be_is_refused(site: Site, given: dict[str, str], sentence: str) -> None:
    response = hold(site, stocked(site), **given)
    assert response.status_code == 422
    assert sentence in read(response).text
    with site.acting():
        assert not StockHold.objects.exists()


@pytest.mark.parametrize("address", ["receive/", "adjust/", "transfers/new/", "counts/new/", "quarantine/new/", "supplies/new/"])
def test_whoever_may_only_look_gets_no_form(site: Site, address: str) -> None:
    for role in ("sales", "finance", "auditor"):
        assert site.clients[role].get(f"/allocation/{address}").status_code == 403
        assert site.clients[role].post(f"/allocation/{address}", {}).status_code == 403
    shown = read(site.clients["auditor"].get("/allocation/"))
    links = {str(attributes.get("href")) for tag, attributes in shown.tags if tag == "a"}
    assert f"/allocation/{address}" not in links


def test_another_companys_goods_cannot_be_named(site: Site) -> None:
    strangers = open_site()
    theirs = strangers.shop
    code = theirs.products[0].code
    own = stocked(site)
    place = str(site.shop.warehouse.id)
    assert "There is no product with the code" in read(sent(site, "receive/", receipt(site), goods_row(code, "1"))).text
    elsewhere = sent(site, "receive/", receipt(site, warehouse=str(theirs.warehouse.id)), goods_row(own.code, "1"))
    assert "Which warehouse?" in read(elsewhere).text
    head = {"warehouse": place, "to": str(theirs.warehouse.id), "expected_on": str(MORROW), "reason": ""}
    away = sent(site, "transfers/new/", head, {"product": own.code, "lot": "", "quantity": "1"})
    assert "Which warehouse?" in read(away).text
    for address in (f"products/{theirs.products[0].id}/",):
        assert site.clients["admin"].get(f"/allocation/{address}").status_code == 404
