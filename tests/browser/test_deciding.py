"""Deciding who gets what in a real browser: a policy is put together, simulated, looked at, posted and explained."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from dinghuo.journey.allocation.models import AllocationPolicy
from dinghuo.journey.allocation.operations import allocate_orders
from dinghuo.journey.ordering.models import SalesOrderLine
from dinghuo.kernel import tenancy
from tests import shop as shops
from tests.browser.pages import Visit, served, visit
from tests.builders import a_product
from tests.web.site import Site, open_site

pytestmark = pytest.mark.browser


@pytest.fixture
def site(committed: None) -> Iterator[Site]:
    """A company whose rows stay, since the site is asked from other threads."""
    with tenancy.acting_for(None):
        yield open_site()


@pytest.fixture
def admin(browser: Browser, site: Site) -> Iterator[Visit]:
    with served() as address, visit(browser, address, site, "admin") as open_page:
        # The visit dismisses what it is asked; here the question before posting is part of the way.
        open_page.page.add_init_script("window.confirm = () => true")
        yield open_page


def test_a_policy_is_simulated_compared_posted_and_explained(admin: Visit, site: Site) -> None:
    shop, page = site.shop, admin.page
    with site.acting():
        product = a_product(shop.company)
        shops.stocked(shop, (product, 30))
        orders = [shops.released(shop, [(product, 25)]), shops.released(shop, [(product, 20)])]
        for order in orders:
            allocate_orders(act=shop.act, order_ids=[order])
        first, second = (SalesOrderLine.objects.get(order_id=order).pk for order in orders)

    admin.go("/allocation/policies/")
    page.click("text=Deal anew by day wanted")
    page.wait_for_selector("text=Put in force")
    ranking = page.locator("section:has(#part-ranking)")
    ranking.locator("[data-move=down]").first.click()
    ranking.locator("[data-add-row]").click()
    ranking.locator("tbody select").nth(8).select_option("days_waiting")
    ranking.locator("[data-move=out]").nth(3).click()
    page.select_option("[name='sharing.method']", "proportional")
    page.click("button:has-text('Put in force')")
    page.wait_for_selector("text=The policy is in force.")
    with site.acting():
        keys = [by["key"] for by in AllocationPolicy.objects.get().definition["ranking"]]
    assert keys == ["priority", "requested_on", "customer_class", "days_waiting"]

    page.click("button:has-text('Simulate')")
    page.wait_for_selector("#lines")
    admin.until("document.querySelector('[data-chart=classes] canvas') !== null")
    assert page.locator("section:has(#lines) tbody tr").count() == 2
    page.select_option("#which", "lose")
    page.click("section:has(#lines) button[type=submit]")
    page.wait_for_load_state("networkidle")
    assert page.locator("section:has(#lines) tbody tr").count() == 1

    page.click("button.btn-primary:has-text('Post')")
    page.wait_for_selector("text=The run was posted.")
    with site.acting():
        lines = SalesOrderLine.objects.in_bulk([first, second])
        assert [lines[first].allocated, lines[second].allocated] == [17, 13]
    page.click("section:has(#lines) tbody tr td:last-child a >> nth=0")
    page.wait_for_selector("text=Who came before")
    assert "30 units were shared" in page.inner_text("#content")
    assert admin.complaints == []
