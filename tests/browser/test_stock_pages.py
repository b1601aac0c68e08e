"""The warehouse keeper's day in a real browser: goods come, are counted, and what is missing is posted."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from dinghuo.journey.allocation.models import StockCount, StockLevel
from dinghuo.kernel import tenancy
from tests.browser.pages import served, visit
from tests.builders import a_product
from tests.web.site import Site, open_site

pytestmark = pytest.mark.browser


@pytest.fixture
def site(committed: None) -> Iterator[Site]:
    """A company whose rows stay, since the site is asked from other threads."""
    with tenancy.acting_for(None):
        yield open_site()


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    with served() as found:
        yield found


def test_goods_are_received_counted_and_the_difference_posted(browser: Browser, address: str, site: Site) -> None:
    with site.acting():
        product = a_product(site.shop.company, code="TEA", name="Spring tea", keeps_lots=True)
        place = site.shop.warehouse
    with visit(browser, address, site, "warehouse") as keeper:
        page = keeper.page
        keeper.go("/allocation/")
        page.click("text=Receive goods")
        page.select_option("#warehouse", str(place.id))
        page.locator("[name=product]").first.press_sequentially("spring", delay=20)
        page.wait_for_selector("#goods-rows .choices button")
        page.locator("#goods-rows .choices button").first.click()
        assert page.locator(".goods-name").first.inner_text() == "Spring tea"
        # The field after a chosen product is the quantity; Enter goes on through the row.
        page.keyboard.type("12")
        page.keyboard.press("Enter")
        page.keyboard.type("2.50")
        page.keyboard.press("Enter")
        page.keyboard.type("S-1")
        page.click("[data-add-goods]")
        assert page.locator("[name=quantity]").count() == 6
        page.click("button.btn-primary[type=submit]")
        page.wait_for_selector("text=The goods are in stock.")
        page.click("nav >> text=Counts")
        page.click("text=Open a count")
        page.select_option("#warehouse", str(place.id))
        page.click("text=Open the count")
        page.wait_for_selector("text=The count is open.")
        page.locator("[name^=line-]").fill("11")
        page.click("text=Save this page")
        page.wait_for_selector("text=Everything is counted.")
        sheet = page.url.removeprefix(address)
        assert page.locator("text=Differences").count() == 0
        assert keeper.complaints == []
    with visit(browser, address, site, "finance") as approver:
        approver.go(sheet)
        approver.page.click("a:has-text('Differences')")
        assert "-2.50" in approver.page.inner_text("table")
        approver.page.fill("#reason", "one bag torn")
        approver.page.click("text=Post the count")
        approver.page.wait_for_selector("text=The count was posted")
        approver.go(f"/allocation/products/{product.id}/")
        assert approver.page.locator("[data-chart=level] canvas").count() == 1
        assert "one bag torn" in approver.page.inner_text("#content")
        assert approver.complaints == []
    with site.acting():
        assert StockLevel.objects.get(product=product).on_hand == 11
        assert StockCount.objects.get().reason == "one bag torn"


def test_on_a_tablet_a_lot_is_chosen_and_a_refusal_stands_beside_its_field(browser: Browser, address: str, site: Site) -> None:
    with site.acting():
        a_product(site.shop.company, code="TEA", keeps_lots=True)
        place = str(site.shop.warehouse.id)
    head = {"warehouse": place, "received_on": "2026-03-02", "reason": "", "token": ""}
    row = {"product": ["TEA"], "quantity": ["3"], "unit_cost": [""], "lot": ["S-1"], "expires_on": [""], "supply": [""]}
    assert site.clients["warehouse"].post("/allocation/receive/", {**head, **row}).status_code == 302
    with visit(browser, address, site, "warehouse") as keeper:
        page = keeper.page
        page.set_viewport_size({"width": 820, "height": 1180})
        keeper.go(f"/allocation/quarantine/new/?warehouse={place}&product=TEA")
        page.click("[name=lot] >> nth=0")
        page.wait_for_selector("#goods-rows .choices button")
        page.locator("#goods-rows .choices button").first.click()
        assert page.locator("[name=lot]").first.input_value() == "S-1"
        page.keyboard.type("4")
        page.fill("#reason", "wet")
        page.click("button.btn-primary[type=submit]")
        page.wait_for_selector(".line-fault")
        assert "Only 3 is free" in page.inner_text(".line-fault")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.locator("[name=quantity]").first.fill("2")
        page.click("button.btn-primary[type=submit]")
        page.wait_for_selector("text=The goods are set aside.")
