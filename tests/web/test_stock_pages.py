"""The warehouse keeper's pages of stock: what lies where, then and now, and how it is kept."""

import csv
import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from dinghuo.journey.allocation.keeping_pages import advised
from dinghuo.journey.allocation.lists import ExpiringRow
from dinghuo.journey.allocation.models import StockLevel, StockSetting
from dinghuo.journey.allocation.operations import adjust_stock, allocate_orders, expect_supply, give_back, receive_stock
from dinghuo.journey.allocation.operations.promises import promise_lines
from dinghuo.journey.allocation.operations.quarantine import set_aside
from dinghuo.journey.allocation.rules import Adjustment, Receipt, Supply
from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.kernel.errors import Outcome
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Product
from tests import shop as shops
from tests.builders import a_product, a_warehouse
from tests.web.site import CANARY, CountedQueries, Goods, Site, open_site, read, some_of_everything

# The day that the pages are looked at, where the company is.
TODAY = datetime.now(ZoneInfo("Asia/Shanghai")).date()


def acting_now(site: Site) -> Act:
    """Somebody acting on the day that the pages are looked at."""
    return Act(site.shop.company.id, datetime.now(UTC), TODAY)


def received(
    site: Site, product: Product, quantity: int, *, ago: int = 0, lot: str | None = None, expires: date | None = None
) -> None:
    """Goods that came some days ago at 6.00 each."""
    receipt = Receipt(site.shop.warehouse.id, product.id, Decimal(quantity), Decimal(6), lot, expires)
    with site.acting():
        (outcome,) = receive_stock(act=acting_now(site), receipts=[receipt], received_on=TODAY - timedelta(days=ago))
        assert outcome.done, outcome


def a_lotted(site: Site, **given: Any) -> Product:
    with site.acting():
        return a_product(site.shop.company, keeps_lots=True, **given)


def test_a_level_shows_what_of_it_is_free_and_whose_the_rest_is(site: Site, goods: Goods) -> None:
    with site.acting():
        code = Product.objects.get(id=goods.product).code
    page = read(site.clients["warehouse"].get("/allocation/", {"q": code, "warehouse": str(site.shop.warehouse.id)}))
    # 48 on hand since 2 were sent: 0 allocated, 2 held, 2 set aside, 44 free, 0 in transit here, 2 expected.
    start = page.texts.index(site.shop.warehouse.code, page.texts.index("Unit"))
    assert page.texts[start + 1 : start + 8] == ["48", "0", "2", "2", "44", "0", "2"]


def test_what_was_sent_is_in_transit_where_it_goes(site: Site, goods: Goods) -> None:
    page = read(site.clients["warehouse"].get(f"/allocation/products/{goods.product}/"))
    assert "2 · 2" in page.text
    assert "TRANSIT" in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"lot": "l-0"}, ["OLD"]), ({"days": "0"}, ["OLD"]), ({"days": "30"}, ["OLD", "SOON"]), ({"state": "aside"}, ["KEPT"]),
        ({"state": "safety"}, ["SAFE"]), ({"state": "negative"}, ["OVER"]), ({"q": "sAf"}, ["SAFE"]), ({"q": "没有"}, []),
    ],
)  # fmt: skip
def test_a_filter_leaves_what_it_names(site: Site, query: dict[str, str], found: list[str]) -> None:
    shop = site.shop
    received(site, a_lotted(site, code="OLD"), 5, ago=9, lot="L-01", expires=TODAY - timedelta(days=3))
    received(site, a_lotted(site, code="SOON"), 5, lot="M-02", expires=TODAY + timedelta(days=20))
    with site.acting():
        made = [a_product(shop.company, code=code, reorder_level=-1) for code in ("KEPT", "SAFE", "OVER")]
        shops.stocked(shop, (made[0], 9), (made[1], 9), (made[2], 9))
        StockSetting.objects.create(company_id=shop.company.id, warehouse=shop.warehouse, product=made[1], safety_quantity=10)
        shops.all_done(one_set_aside(site, made[0]))
        over_promised(site, made[2])
    page = read(site.clients["warehouse"].get("/allocation/", query))
    assert [code for code in ("OLD", "SOON", "KEPT", "SAFE", "OVER") if code in page.texts] == sorted(found, key=found.index)


def one_set_aside(site: Site, product: Product) -> Sequence[Outcome]:
    from_here = Adjustment(site.shop.warehouse.id, product.id, Decimal(1))
    return set_aside(act=acting_now(site), goods=[from_here], reason="wet")


def over_promised(site: Site, product: Product) -> None:
    """Nine are there and promised to a submitted order, then five are lost."""
    order_id = shops.submitted(site.shop, [(product, 9)])
    promise_lines(act=acting_now(site), order_ids=[order_id])
    lost = [Adjustment(site.shop.warehouse.id, product.id, Decimal(-5))]
    shops.all_done(adjust_stock(act=acting_now(site), adjustments=lost, reason="fire"))


def test_a_past_day_shows_what_lay_there_then(site: Site) -> None:
    product = site.shop.products[0]
    received(site, product, 10, ago=20)
    received(site, product, 7, ago=5)
    client = site.clients["warehouse"]
    for ago, units, value in ((4, "17", "102.00"), (10, "10", "60.00")):
        page = read(client.get("/allocation/", {"on": str(TODAY - timedelta(days=ago)), "q": product.code}))
        assert page.texts[page.texts.index("Value") :].count(units) == 1
        assert value in page.texts
    assert "No stock is like that." in read(client.get("/allocation/", {"on": str(TODAY - timedelta(days=30))})).text


def test_stock_goes_into_a_spreadsheet_as_text_and_as_numbers(site: Site) -> None:
    with site.acting():
        bad = a_product(site.shop.company, code="=1+1", name="@SUM(A1)")
    received(site, bad, 12)
    client = site.clients["warehouse"]
    response = client.get("/allocation/", {"format": "csv", "q": "=1+1"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))
    assert rows[1][:2] == ["'=1+1", "'@SUM(A1)"]
    assert Decimal(rows[1][5]) == Decimal(12)
    book = client.get("/allocation/", {"format": "xlsx", "q": "=1+1"})
    assert 'filename="stock.xlsx"' in book["Content-Disposition"]
    (head, row) = load_workbook(BytesIO(book.content)).active.iter_rows(values_only=True)
    # In a workbook the cell is a text by its type, and needs no quote to stay one.
    assert (head[0], row[0], row[5], row[14]) == ("Product", "=1+1", 12, 72)
    past = client.get("/allocation/", {"format": "csv", "on": str(TODAY - timedelta(days=1))})
    assert len(past.content.decode("utf-8-sig").splitlines()) == 1


def test_an_export_holds_every_page(site: Site) -> None:
    with site.acting():
        shops.stocked(site.shop, *((a_product(site.shop.company), 1) for _more in range(60)))
    response = site.clients["warehouse"].get("/allocation/?format=csv")
    assert len(response.content.decode().splitlines()) == 61


def test_a_products_history_runs_up_to_what_there_is(site: Site) -> None:
    shop, product = site.shop, site.shop.products[0]
    received(site, product, 10, ago=3)
    received(site, product, 5, ago=1)
    with site.acting():
        shops.dispatched(shop, [(product, 4)])
        level = StockLevel.objects.get(product=product)
    page = read(site.clients["warehouse"].get(f"/allocation/products/{product.id}/"))
    moves = page.texts[page.texts.index("What moved, the last first") :]
    balances = [moves[number + 1] for number, text in enumerate(moves) if text in {"+10", "+5", "-4"}]
    assert balances == ["11", "15", "10"]
    assert level.on_hand == 11
    response = site.clients["warehouse"].get(f"/allocation/products/{product.id}/")
    drawn = re.search(r'id="chart-data"[^>]*>(.*?)</script>', response.content.decode())
    assert drawn is not None
    chart = json.loads(drawn[1])["level"]
    assert (chart["labels"][-1], Decimal(chart["series"][0]["values"][-1])) == (str(TODAY), Decimal(11))


def test_the_history_of_one_warehouse_leaves_the_others_out(site: Site) -> None:
    product = site.shop.products[0]
    received(site, product, 10)
    with site.acting():
        other = a_warehouse(site.shop.company)
        receipt = Receipt(other.id, product.id, Decimal(33), Decimal(6))
        shops.all_done(receive_stock(act=acting_now(site), receipts=[receipt]))
    page = read(site.clients["warehouse"].get(f"/allocation/products/{product.id}/?warehouse={other.id}"))
    assert "+33" in page.texts
    assert "+10" not in page.texts


def test_a_product_shows_who_was_given_it_and_what_comes(site: Site) -> None:
    shop, product = site.shop, site.shop.products[0]
    with site.acting():
        shops.stocked(shop, (product, 10))
        order_id = shops.allocated(shop, [(product, 4)])
        gone = shops.dispatched(shop, [(product, 3)])
        comes = Supply(shop.warehouse.id, product.id, Decimal(25), Decimal(6), TODAY, "PO-9")
        shops.all_done(expect_supply(act=shop.act, supplies=[comes]))
    response = site.clients["warehouse"].get(f"/allocation/products/{product.id}/")
    assert f'href="/orders/{order_id}/"' in response.content.decode()
    given = read(response).texts
    section = given[given.index("Given to orders") : given.index("On its way")]
    assert "4" in section
    assert "3" not in section, f"order {gone} has left"
    assert "PO-9" in given


def test_safety_stock_and_zone_are_kept_for_each_warehouse(site: Site) -> None:
    product, place = site.shop.products[0], site.shop.warehouse.id
    address = f"/allocation/products/{product.id}/"
    client = site.clients["warehouse"]
    response = client.post(f"{address}settings/", {f"safety-{place}": "1,200", f"zone-{place}": "Ａ1"}, follow=True)
    assert "How the product is kept was saved." in read(response).text
    with site.acting():
        setting = StockSetting.objects.get(product=product)
    assert (setting.safety_quantity, setting.zone) == (1200, "A1")
    refused = client.post(f"{address}settings/", {f"safety-{place}": "-1", f"zone-{place}": "B9"})
    assert refused.status_code == 422
    values = [attributes.get("value") for tag, attributes in read(refused).tags if tag == "input"]
    assert {"-1", "B9"} <= set(values)
    with site.acting():
        assert StockSetting.objects.get(product=product).safety_quantity == 1200


def test_whether_a_product_is_kept_by_lot_changes_only_while_there_is_none(site: Site) -> None:
    product = site.shop.products[0]
    sales, address = site.clients["sales"], f"/allocation/products/{product.id}/lots/"
    assert "The product is kept by lot now." in read(sales.post(address, {"keeps_lots": "1"}, follow=True)).text
    received(site, product, 3, lot="A")
    assert "Some of the product is in stock" in read(sales.post(address, {"keeps_lots": "0"}, follow=True)).text
    with site.acting():
        assert Product.objects.get(id=product.id).keeps_lots
    assert site.clients["warehouse"].post(address, {"keeps_lots": "0"}).status_code == 403


def test_a_lot_that_expires_is_sent_where_orders_wait_set_aside_or_sold_first(site: Site) -> None:
    shop = site.shop
    wanted, old, slow = (a_lotted(site, code=code) for code in ("WANTED", "OLDLOT", "SLOW"))
    received(site, wanted, 8, lot="W1", expires=TODAY + timedelta(days=9))
    received(site, old, 4, lot="O1", expires=TODAY - timedelta(days=2))
    received(site, slow, 6, lot="S1", expires=TODAY + timedelta(days=40))
    with site.acting():
        other = a_warehouse(shop.company, code="ELSE")
        order_id = shops.released(shop, [(wanted, 8)])
        allocate_orders(act=shop.act, order_ids=[order_id])
        waiting = shops.released(shop, [(wanted, 5)])
        move_order(waiting, other.id)
        allocate_orders(act=shop.act, order_ids=[waiting])
        shops.all_done(give_back(act=shop.act, order_ids=[order_id]))
    page = read(site.clients["warehouse"].get("/allocation/expiring/?days=60"))
    rows = page.text
    assert rows.index("OLDLOT") < rows.index("WANTED") < rows.index("SLOW")
    assert "Orders at ELSE wait for 5." in rows
    assert "Expired: nobody is given it." in rows
    assert "Sell it first: at the pace of the last 90 days, 6 will be left over." in rows
    links = [str(attributes.get("href")) for tag, attributes in page.tags if tag == "a"]
    (sending,) = [link for link in links if "transfers/new" in link and "to=" in link]
    form = read(site.clients["warehouse"].get(sending))
    assert {"WANTED", "W1", "5"} <= {str(attributes.get("value")) for tag, attributes in form.tags if tag == "input"}
    assert "SLOW" not in read(site.clients["warehouse"].get("/allocation/expiring/?days=30")).text


def move_order(order_id: int, warehouse_id: int) -> None:
    """Let an order be served from another warehouse."""
    SalesOrder.objects.filter(id=order_id).update(warehouse_id=warehouse_id)


def test_lots_are_offered_for_the_product_of_the_row(site: Site) -> None:
    product = a_lotted(site, code="TEA")
    received(site, product, 8, lot="SPRING", expires=TODAY + timedelta(days=9))
    received(site, a_lotted(site, code="RICE"), 8, lot="SUMMER")
    client = site.clients["warehouse"]
    offered = read(client.get("/allocation/lots/choices/", {"product": "TEA", "lot": ""}))
    assert [attributes.get("data-choose") for tag, attributes in offered.tags if tag == "button"] == ["SPRING"]
    assert read(client.get("/allocation/lots/choices/", {"product": "", "lot": "S"})).tags == []


@pytest.mark.parametrize(
    "query",
    ["after=x", "after=9999999999999999999999.a", "warehouse=-1", "days=abc", "days=999999999999", "on=2026-13-01", "state=%00",
     "lot=%00", "q=%F0%9F%98%80", "on=0001-01-01", "format=pdf", "after=2026-01-01.99999999999999999999"],
)  # fmt: skip
def test_parameters_that_make_no_sense_are_left_out(site: Site, goods: Goods, query: str) -> None:
    for address in ("", f"products/{goods.product}/", "supplies/", "transfers/", "counts/", f"counts/{goods.count}/",
                    f"counts/{goods.count}/differences/", "quarantine/", "holds/", "expiring/",
                    "receive/?supply=x&reference=y&"):  # fmt: skip
        joint = "" if "?" in address else "?"
        assert site.clients["admin"].get(f"/allocation/{address}{joint}{query}").status_code == 200, (address, query)


def test_lists_show_the_own_company_alone(site: Site, goods: Goods) -> None:
    strangers = open_site()
    theirs = some_of_everything(strangers)
    with strangers.acting():
        code = Product.objects.get(id=theirs.product).code
    for address in (
        "",
        "supplies/?all=1",
        "transfers/?all=1",
        "counts/",
        "quarantine/?all=1",
        "holds/?all=1",
        "expiring/?days=900",
    ):
        assert code not in read(site.clients["admin"].get(f"/allocation/{address}")).texts, address
    for address in (f"receive/?supply={theirs.supply}", "receive/?reference=PO-77"):
        values = [attributes.get("value") for _tag, attributes in read(site.clients["admin"].get(f"/allocation/{address}")).tags]
        assert code not in values
    for kind in ("csv", "xlsx"):
        assert code.encode() not in site.clients["admin"].get(f"/allocation/?format={kind}").content


def test_an_attackers_texts_are_shown_as_typed(site: Site) -> None:
    shop, client = site.shop, site.clients["admin"]
    with site.acting():
        product = a_product(shop.company, code="'><b>P", name=CANARY, name_zh=CANARY, keeps_lots=True)
    place = str(shop.warehouse.id)
    lot = CANARY[:40]
    head = {"warehouse": place, "received_on": str(TODAY), "reason": CANARY, "token": ""}
    row = {"product": ["'><b>P"], "lot": [lot], "quantity": ["9"], "unit_cost": [""], "expires_on": [str(TODAY)], "supply": [""]}
    assert client.post("/allocation/receive/", {**head, **row}).status_code == 302
    aside = {"product": ["'><b>P"], "lot": [lot], "quantity": ["2"]}
    assert client.post("/allocation/quarantine/new/", {"warehouse": place, "reason": CANARY, **aside}).status_code == 302
    client.post(f"/allocation/products/{product.id}/settings/", {f"safety-{place}": "1", f"zone-{place}": CANARY})
    hold = {"warehouse": place, "kind": "phone", "note": CANARY, "product": ["'><b>P"], "quantity": ["1"]}
    assert client.post("/allocation/holds/new/", hold).status_code == 302
    expect = {"warehouse": place, "expected_on": str(TODAY), "reference": CANARY[:80], "product": ["'><b>P"], "quantity": ["1"]}
    assert client.post("/allocation/supplies/new/", {**expect, "unit_cost": [""]}).status_code == 302
    opened = client.post("/allocation/counts/new/", {"warehouse": place, "reason": CANARY, "products": CANARY})
    assert opened.status_code == 422
    opened = client.post("/allocation/counts/new/", {"warehouse": place, "reason": CANARY, "is_blind": "1"})
    sheet = opened["Location"]
    refused = client.post("/allocation/adjust/", {"warehouse": place, "reason": CANARY, **aside, "unit_cost": [CANARY]})
    assert refused.status_code == 422
    shown = ["/allocation/", f"/allocation/products/{product.id}/", "/allocation/supplies/", "/allocation/quarantine/",
             "/allocation/holds/", "/allocation/counts/", "/allocation/expiring/", sheet, f"{sheet}differences/",
             "/allocation/lots/choices/?product=%27%3E%3Cb%3EP", f"/allocation/?lot={lot}",
             "/allocation/receive/?reference=x"]  # fmt: skip
    for page in [*(read(client.get(address)) for address in shown), read(refused)]:
        assert "img" not in {tag for tag, attributes in page.tags if attributes.get("src") == "x"}
        assert not [tag for tag, attributes in page.tags if "onerror" in attributes]
        assert not [text for text in page.texts if text == "49"]
    assert CANARY in read(client.get("/allocation/quarantine/")).text


def test_pages_ask_as_many_questions_for_many_rows_as_for_few(site: Site, goods: Goods) -> None:
    client = site.clients["warehouse"]
    product = site.shop.products[0]
    addresses = ("/allocation/", f"/allocation/products/{product.id}/", "/allocation/supplies/", "/allocation/expiring/?days=900")
    few = {}
    for address in addresses:
        client.get(address)
        with CountedQueries() as counted:
            client.get(address)
        few[address] = counted.count
    for ago in range(25):
        received(site, product, 3, ago=ago)
    lotted = a_lotted(site)
    for number in range(20):
        received(site, lotted, 3, lot=f"N{number}", expires=TODAY)
    for address in addresses:
        with CountedQueries() as counted:
            client.get(address)
        assert few[address] == counted.count <= 20, address


@pytest.mark.parametrize(
    ("on_hand", "sold", "days_left", "kind", "left_over"),
    [(30, 45, 18, "sell_first", 21), (9, 45, 18, "nothing", 0), (30, 0, 0, "sell_first", 30), (30, 45, -1, "set_aside", 30)],
)
def test_the_worked_example_of_what_is_left_over(on_hand: int, sold: int, days_left: int, kind: str, left_over: int) -> None:
    """30 on hand, 18 days left, 45 left in 90 days: 9 will be sold and 21 left over."""
    expires_on = TODAY + timedelta(days=days_left)
    units, gone, cost = Decimal(on_hand), Decimal(sold), Decimal(0)
    row = ExpiringRow(1, 1, "P", "", "", "C62", 1, "W", "L", expires_on, units, units, gone, cost, None, None, Decimal(0))
    found = advised(row, days_left)
    assert (found["kind"], found["left_over"]) == (kind, left_over)
