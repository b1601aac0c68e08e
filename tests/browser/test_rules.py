"""An administrator's settings in a real browser: a rule's whole life, its trial, and a matrix with a gap."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from dinghuo.journey.review.models import ApprovalMatrix, ReviewRule
from dinghuo.kernel import tenancy
from tests import shop as shops
from tests.browser.pages import Visit, served, visit
from tests.builders import a_customer
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
        yield open_page


def test_a_rule_is_found_from_the_first_page_added_changed_and_retired(admin: Visit, site: Site) -> None:
    with site.acting():
        a_customer(site.shop.company, code="LOTUS", name="Lotus", name_zh="莲花")
    page = admin.page
    admin.go("/")
    page.click("nav >> text=Settings")
    page.click("#content >> text=Rules >> nth=0")
    page.click("text=New rule")
    page.click("#content a:has-text('Quantities')")
    page.fill("#code", "big")
    page.fill("#parameter-quantity_max", "-1")
    page.click("text=Put the rule in force")
    page.wait_for_selector("text=Nothing was saved. What you typed is still here.")
    fault = page.locator("div:has(> #parameter-quantity_max) [role=alert]")
    assert fault.inner_text() == "A number from 0 to 1,000,000,000,000."

    page.fill("#parameter-quantity_max", "900")
    page.select_option("#scope", "customer")
    page.locator("#scope_value").press_sequentially("莲", delay=20)
    page.wait_for_selector(".choices button")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.input_value("#scope_value") == "LOTUS"
    page.click("text=Put the rule in force")
    page.wait_for_selector("text=The rule is in force.")
    assert "Customer LOTUS" in page.inner_text("#content")

    page.click("a.btn-primary:has-text('Change')")
    page.fill("#parameter-quantity_max", "700")
    page.click("text=Put the change in force")
    page.wait_for_selector("text=The rule was changed: version 2 is in force.")
    assert "900 → 700" in page.inner_text("#content")
    page.click("text=Restore")
    page.wait_for_selector("text=The version is in force again, as a new one.")
    # A question comes before a rule is retired; the visit dismisses every dialog and writes it down.
    page.click("button:has-text('Retire')")
    dialog = "dialog: Retire this rule? Orders are no longer judged by it."
    # The refusal comes with status 422, which the browser itself writes down.
    assert [each for each in admin.complaints if "422" not in each] == [dialog]
    page.evaluate("document.querySelector('[data-confirm]').removeAttribute('data-confirm')")
    page.click("button:has-text('Retire')")
    page.wait_for_selector("text=The rule was retired. Its versions stay here.")
    with site.acting():
        versions = ReviewRule.objects.filter(code="big").order_by("version")
        assert [rule.parameters["quantity_max"] for rule in versions] == ["900", "700", "900"]
        assert not versions.filter(retired_at=None).exists()


def test_a_rule_is_tried_before_it_is_put_in_force(admin: Visit, site: Site) -> None:
    with site.acting():
        order_id = shops.released(site.shop, [(site.shop.products[0], 9)])
        before = ReviewRule.objects.count()
    page = admin.page
    admin.go("/settings/rules/new/?kind=quantities")
    page.fill("#code", "big")
    page.fill("#parameter-quantity_max", "5")
    page.click("text=Try it first")
    page.wait_for_selector("h2:has-text('Newly held (1)')")
    assert page.locator(f"#trial a[href='/orders/{order_id}/']").count() == 1
    # The second trial changes a part of the page alone.
    page.click("summary:has-text('The rule to try')")
    page.fill("#parameter-quantity_max", "50")
    page.click("button:has-text('Try it')")
    admin.until("!document.querySelector('#trial').textContent.includes('Newly held (1)')")
    assert "parameter-quantity_max=50" in page.url
    with page.expect_download() as download:
        page.click("text=Export CSV")
    assert "passed_as_before" in download.value.path().read_text(encoding="utf-8-sig")
    with site.acting():
        assert ReviewRule.objects.count() == before
    assert admin.complaints == []


def test_a_matrix_with_a_gap_is_refused_and_kept_as_typed(admin: Visit, site: Site) -> None:
    page = admin.page
    admin.go("/settings/matrix/change/")
    page.locator("[name=amount_up_to]").nth(0).fill("10,000")
    page.locator("[name=amount_over]").nth(1).fill("20000")
    page.locator("[name=roles-1]").nth(0).select_option("credit")
    page.click("text=Put the change in force")
    page.wait_for_selector("text=The matrix leaves a gap at an amount of 15,000.00 with a margin of 0 %.")
    assert page.locator("[name=amount_up_to]").nth(0).input_value() == "10,000"
    with site.acting():
        assert not ApprovalMatrix.objects.exists()
    page.locator("[name=amount_over]").nth(1).fill("10000")
    page.click("text=Put the change in force")
    page.wait_for_selector("text=The matrix was changed: version 1 is in force.")
    # The refusal comes with status 409, which the browser itself writes down.
    assert [each for each in admin.complaints if "409" not in each] == []
