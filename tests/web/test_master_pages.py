"""The pages of one customer and one product, and the company's settings."""

from decimal import Decimal

from dinghuo.kernel.models import Event
from dinghuo.reference.models import Company, Customer, Product
from tests.web.site import CANARY, Site, open_site, read


def test_the_page_of_a_customer_shows_what_is_agreed_with_it(site: Site) -> None:
    with site.acting():
        Customer.objects.filter(id=site.shop.customer.id).update(
            region=CANARY[:100], postcode="310000", cash_discount_rate=Decimal("0.02"), cash_discount_days=10, receiving_days="15",
            order_maximum=Decimal(20_000),
        )  # fmt: skip
    client = site.clients["warehouse"]
    text = read(client.get(f"/customers/{site.shop.customer.id}/")).text
    for shown in ("310000", "2.0 % off within 10 days", "Mon, Fri", "20,000.00", CANARY[:100]):
        assert shown in text, shown
    listed = read(client.get("/customers/"))
    assert f"/customers/{site.shop.customer.id}/" in [given.get("href") for tag, given in listed.tags if tag == "a"]
    assert client.get(f"/customers/{10**15}/").status_code == 404
    other = open_site().shop
    assert client.get(f"/customers/{other.customer.id}/").status_code == 404
    assert client.get(f"/products/{other.products[0].id}/").status_code == 404


def test_the_page_of_a_product_shows_what_orders_of_it_are_judged_by(site: Site) -> None:
    product = site.shop.products[0]
    with site.acting():
        Product.objects.filter(id=product.id).update(
            minimum_quantity=Decimal(12), lead_time_days=14, discontinued_on="2027-01-01", is_dual_use=True
        )
    text = read(site.clients["sales"].get(f"/products/{product.id}/")).text
    for shown in ("12 piece", "14 days", "2027-01-01", "Needs an export licence"):
        assert shown in text, shown


def test_an_administrator_changes_the_letterhead_and_the_automatic_steps(site: Site) -> None:
    admin = site.clients["admin"]
    sent = {"name": "Lotus Trading", "city": "Hangzhou", "country": "CN", "bank_account": "6222 0210", "auto_allocate": "1"}
    assert "The settings were saved." in read(admin.post("/settings/company/", sent, follow=True)).text
    with site.acting():
        company = Company.objects.get(id=site.shop.company.id)
        assert (company.name, company.city, company.bank_account) == ("Lotus Trading", "Hangzhou", "6222 0210")
        assert (company.auto_allocate, company.auto_release) == (True, False)
        (event,) = Event.objects.filter(kind="CompanyChanged")
    assert event.facts["changed"]["city"][1] == "Hangzhou"
    assert event.actor_id == site.users["admin"].pk
    page = read(admin.get("/settings/company/"))
    assert "Hangzhou" in [given.get("value") for tag, given in page.tags if tag == "input"], "the form shows what is"


def test_a_letterhead_with_a_fault_stays_as_typed_and_nothing_is_saved(site: Site) -> None:
    admin = site.clients["admin"]
    for wrong in ({"name": ""}, {"name": "Lotus", "phone": "1" * 41}, {"name": "Lotus", "country": "QX"}):
        reply = admin.post("/settings/company/", {"city": "Nowhere", **wrong})
        assert reply.status_code == 422
        assert "Nowhere" in reply.content.decode()
    with site.acting():
        assert Company.objects.get(id=site.shop.company.id).city != "Nowhere"


def test_only_an_administrator_opens_the_company_s_settings(site: Site) -> None:
    assert site.clients["finance"].get("/settings/company/").status_code == 403
    assert "Company" in read(site.clients["admin"].get("/settings/")).text
