"""The pages in a real browser, under their own strict policy."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from dinghuo.journey.ordering.models import SalesOrder, SalesOrderLine
from dinghuo.kernel import tenancy
from tests import shop as shops
from tests.browser.pages import Visit, served, visit
from tests.builders import a_customer, a_product
from tests.web.addresses import every_address, path_of
from tests.web.site import CANARY, Goods, Site, open_site, some_of_everything

pytestmark = pytest.mark.browser

# Parts of pages, files, and what machines read: a browser would look for an icon that they do not name.
NO_PAGES = {"healthz", "customer-choices", "product-choices", "order-line-facts", "rule-scope-choices", "stock-lot-choices"}
NO_PAGES |= {"paper-shipment", "papers-due", "paper-invoice", "paper-label", "portal-paper-shipment", "portal-paper-invoice"}
NO_PAGES |= {"carrier-push", "policy-run-file", "policy-run-progress"}


@pytest.fixture
def site(committed: None) -> Iterator[Site]:
    """A company whose rows stay, since the site is asked from other threads."""
    with tenancy.acting_for(None):
        yield open_site()


@pytest.fixture
def goods(site: Site) -> Goods:
    return some_of_everything(site)


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    with served() as found:
        yield found


@pytest.fixture
def sales(browser: Browser, address: str, site: Site) -> Iterator[Visit]:
    with visit(browser, address, site, "sales") as open_page:
        yield open_page


def test_no_page_breaks_its_own_policy(browser: Browser, address: str, site: Site, goods: Goods) -> None:
    with site.acting():
        a_customer(site.shop.company, name=CANARY, name_zh=CANARY)
        a_product(site.shop.company, name=CANARY, name_zh=CANARY)
    reads = [each for each in every_address() if not each.is_posted and each.name not in NO_PAGES]
    for role, wanted in (("admin", False), ("customer", True)):
        with visit(browser, address, site, role) as looking:
            for each in reads:
                if str(each.needs).startswith("portal") == wanted:
                    looking.go(path_of(each, goods))
            assert looking.complaints == []


def test_an_order_is_typed_by_choosing_what_is_offered(sales: Visit, site: Site) -> None:
    with site.acting():
        a_customer(site.shop.company, code="H1", name="Hangzhou Home", name_zh="杭州居家")
        a_product(site.shop.company, code="MUG", name="Enamel mug")
    page = sales.page
    sales.go("/orders/new/")
    page.locator("#customer_text").press_sequentially("杭州", delay=20)
    page.wait_for_selector(".choices button")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.input_value("#customer_text") == "H1"
    assert page.inner_text("#customer-name") == "Hangzhou Home"
    page.locator("[name=product]").first.press_sequentially("enamel", delay=20)
    page.wait_for_selector("#line-rows .choices button")
    page.locator("#line-rows .choices button").first.click()
    sales.until("document.querySelector('#line-rows [name=price]').placeholder === '10'")
    page.keyboard.type("1,200")
    sales.until("document.querySelector('#line-total').textContent.includes('12,000.00')")
    page.click("button.btn-primary[type=submit]")
    page.wait_for_selector("text=The order was entered and submitted.")
    assert "Enamel mug" in page.inner_text("#content")
    assert sales.complaints == []


def test_a_thousand_pasted_lines_stay_easy_to_type_in(sales: Visit, site: Site) -> None:
    page = sales.page
    codes = [product.code for product in site.shop.products]
    text = "\n".join(f"{codes[number % 3]}\t{number % 9 + 1}\t2.50" for number in range(1000))
    sales.go("/orders/new/")
    page.fill("#customer_text", site.shop.customer.code)
    paste(sales, text)
    sales.until("document.querySelectorAll('#line-rows [name=quantity]').length > 1000")
    sales.until("document.querySelector('#line-total').textContent.includes('1000 lines')")
    field = page.locator("[name=quantity]").nth(500)
    field.fill("")
    began = time.monotonic()
    field.press_sequentially("123456")
    # Far above what six keys take: it only catches a page that has come to a halt.
    assert time.monotonic() - began < 5
    page.click("button[name=stay]")
    page.wait_for_selector("text=The draft was saved.")
    with site.acting():
        order = SalesOrder.objects.get()
        assert SalesOrderLine.objects.filter(order=order).count() == 1000
        assert SalesOrderLine.objects.get(order=order, position=501).ordered == 123456
    assert sales.complaints == []


def paste(looking: Visit, text: str) -> None:
    """Paste text into the first code field, as the clipboard would."""
    looking.page.evaluate(
        """(text) => {
            const field = document.querySelector('[name=product]');
            const data = new DataTransfer();
            data.setData('text', text);
            field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        text,
    )


def test_faults_come_back_at_their_lines_with_all_that_was_typed(sales: Visit, site: Site) -> None:
    page = sales.page
    sales.go("/orders/new/")
    page.fill("#customer_text", site.shop.customer.code)
    paste(sales, f"{site.shop.products[0].code}\t2\nNOPE\t3")
    sales.until("document.querySelectorAll('#line-rows [name=quantity]').length === 3")
    page.click("button.btn-primary[type=submit]")
    page.wait_for_selector("text=Nothing was saved. What you typed is still here.")
    assert "Line 2: There is no product with the code NOPE." in page.inner_text(".alert")
    assert page.locator("[name=product]").nth(1).input_value() == "NOPE"


def test_the_figures_are_drawn_and_a_bar_leads_to_its_documents(browser: Browser, address: str, site: Site, goods: Goods) -> None:
    with visit(browser, address, site, "finance") as looking:
        looking.go("/analytics/")
        assert looking.page.locator("[data-chart] canvas").count() == 3
        looking.page.locator("[data-chart=ages]").hover()
        box = looking.page.locator("[data-chart=sales] canvas").bounding_box()
        assert box is not None
        looking.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.8)
        looking.page.wait_for_url("**/finance/?from=*")
        assert looking.complaints == []


def test_a_reason_is_asked_before_an_order_is_released(browser: Browser, address: str, site: Site, goods: Goods) -> None:
    with visit(browser, address, site, "credit") as looking:
        looking.go(f"/orders/{goods.held}/")
        looking.page.click("a:has-text('Decide')")
        looking.page.click("button:has-text('Release')")
        assert looking.page.evaluate("document.activeElement.id") == "reason_code", "the browser asks for the reason first"
        looking.page.select_option("#reason_code", "paid")
        looking.page.fill("#reason", "paid by phone")
        looking.page.click("button:has-text('Release')")
        looking.page.wait_for_selector("text=The order was released")
        looking.go(f"/orders/{goods.held}/")
        assert "paid by phone" in looking.page.inner_text("#content")
        assert looking.complaints == []


def test_orders_are_ticked_and_decided_on_by_the_keyboard(browser: Browser, address: str, site: Site) -> None:
    with site.acting():
        for number in range(3):
            shops.held(site.shop, [(site.shop.products[0], number + 1)])
    with visit(browser, address, site, "credit") as looking:
        page = looking.page
        looking.go("/review/")
        page.locator("[name=order]").first.focus()
        for key in ("Space", "ArrowDown", "ArrowDown", "Space"):
            page.keyboard.press(key)
        assert [box.is_checked() for box in page.locator("[name=order]").all()] == [True, False, True]
        assert page.inner_text("[data-checked-count]") == "2"
        assert page.evaluate("getComputedStyle(document.querySelector('.decide-bar')).position") == "sticky"
        page.check("[data-check-all]")
        assert page.inner_text("[data-checked-count]") == "3"
        page.select_option("#reason_code", "known_customer")
        page.focus("#reason")
        page.keyboard.type("they have paid for years")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=The orders were released")
        page.wait_for_selector("text=No order waits for a decision.")
        assert looking.complaints == []


def test_a_question_can_be_asked_without_a_reason_code_and_is_answered_in_its_field(
    browser: Browser, address: str, site: Site, goods: Goods
) -> None:
    with visit(browser, address, site, "credit") as asking:
        asking.go(f"/review/{goods.held}/")
        asking.page.fill("#reason", "Who signed?")
        asking.page.click("button:has-text('Ask sales')")
        asking.page.wait_for_selector("text=waits for an answer")
        assert asking.complaints == []
    with visit(browser, address, site, "sales") as answering:
        answering.go(f"/orders/{goods.held}/")
        answering.page.fill("input[name=answer]", "The owner")
        answering.page.keyboard.press("Enter")
        answering.page.wait_for_selector("text=the order is back in the queue")
        assert "The owner" in answering.page.inner_text("#content")
        assert answering.complaints == []
