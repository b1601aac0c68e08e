"""What one company or customer has, another cannot see, nor tell from what is not there."""

import re

import pytest
from django.db import transaction

from dinghuo.journey.finance.models import SalesInvoice
from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.journey.review.operations import review_orders
from dinghuo.kernel import tenancy
from dinghuo.reference.models import Customer, Membership
from tests import shop as shops
from tests.builders import a_customer
from tests.web.addresses import every_address, path_of
from tests.web.site import Goods, Site, open_site, read, some_of_everything

MISSING = 999_999_999


@pytest.fixture
def other(site: Site) -> tuple[Site, Goods]:
    """Another company with documents of its own."""
    strangers = open_site()
    return strangers, some_of_everything(strangers)


def settled(page: bytes) -> bytes:
    """A page without what is drawn anew for each request: its id, the token of its forms, its address in the language switch."""
    return re.sub(rb"<code>[0-9a-f]{32}</code>|[A-Za-z0-9]{64}|value=\"/[^\"]*\"", b"", page)


def test_another_companys_document_and_a_missing_one_answer_alike(site: Site, goods: Goods, other: tuple[Site, Goods]) -> None:
    _, theirs = other
    admin = site.clients["admin"]
    pages = [("/orders/{}/", theirs.held), ("/orders/{}/amend/", theirs.held), ("/finance/invoices/{}/", theirs.invoice)]
    for address, key in pages:
        found, missing = admin.get(address.format(key)), admin.get(address.format(MISSING))
        assert found.status_code == missing.status_code == 404
        assert settled(found.content) == settled(missing.content)


def test_no_button_moves_another_companys_document(site: Site, goods: Goods, other: tuple[Site, Goods]) -> None:
    strangers, theirs = other
    admin = site.clients["admin"]
    buttons = [address for address in every_address() if address.is_posted and "<id:" in address.route]
    assert len(buttons) > 10
    for address in buttons:
        if not address.needs or address.needs.startswith("portal."):
            continue
        response = admin.post(path_of(address, theirs), {"reason_code": "other", "reason": "because", "answer": "words"})
        assert response.status_code == 404, address
    with strangers.acting():
        assert SalesOrder.objects.get(id=theirs.held).state == "held"


def test_lists_show_the_own_company_alone(site: Site, goods: Goods, other: tuple[Site, Goods]) -> None:
    strangers, _ = other
    with strangers.acting():
        numbers = set(SalesOrder.objects.values_list("number", flat=True))
        invoices = set(SalesInvoice.objects.exclude(number=None).values_list("number", flat=True))
        code = strangers.shop.customer.code
    assert numbers
    assert invoices
    for address in ("/orders/", "/customers/", "/finance/", "/finance/receivables/", "/shipping/?state=delivered", "/analytics/"):
        assert f">{code}<" not in site.clients["admin"].get(address).content.decode()
    assert code not in read(site.clients["admin"].get("/customers/choices/", {"customer_text": code})).text


def test_without_the_filters_of_the_code_the_database_still_keeps_companies_apart(site: Site, other: tuple[Site, Goods]) -> None:
    _, theirs = other
    with site.acting():
        assert not SalesOrder.objects.filter(id=theirs.held).exists()
        assert SalesOrder.objects.filter(id=theirs.held).update(state="released") == 0
    with tenancy.acting_for(None), transaction.atomic():
        assert not SalesOrder.objects.exists()


def test_a_user_of_two_companies_works_in_the_one_it_chose(site: Site, other: tuple[Site, Goods]) -> None:
    strangers, theirs = other
    user, client = site.users["sales"], site.clients["sales"]
    with strangers.acting():
        Membership.objects.create(company_id=strangers.shop.company.id, user=user, role="auditor")
    assert client.get(f"/orders/{theirs.held}/").status_code == 404
    client.post("/company/", {"company": str(strangers.shop.company.id)})
    assert client.get(f"/orders/{theirs.held}/").status_code == 200
    assert client.get("/orders/new/").status_code == 403


def test_a_company_one_does_not_belong_to_cannot_be_chosen(site: Site, other: tuple[Site, Goods]) -> None:
    strangers, theirs = other
    site.clients["admin"].post("/company/", {"company": str(strangers.shop.company.id)})
    assert site.clients["admin"].get(f"/orders/{theirs.held}/").status_code == 404


def test_a_customer_sees_its_own_orders_alone(site: Site, goods: Goods) -> None:
    client = site.clients["customer"]
    with site.acting():
        neighbour = a_customer(site.shop.company)
        theirs = shops.submitted(site.shop, [(site.shop.products[0], 1)], neighbour)
        number = SalesOrder.objects.get(id=theirs).number
    assert client.get(f"/portal/orders/{goods.delivered}/").status_code == 200
    found, missing = client.get(f"/portal/orders/{theirs}/"), client.get(f"/portal/orders/{MISSING}/")
    assert found.status_code == missing.status_code == 404
    assert settled(found.content) == settled(missing.content)
    assert number not in client.get("/portal/").content.decode()
    assert client.get("/portal/", {"number": number}).content.decode().count("/portal/orders/") == 0
    assert client.post(f"/portal/orders/{theirs}/feedback/", {"rating": "1", "comment": "mine"}).status_code == 404


def test_a_customer_sees_posted_invoices_and_no_drafts(site: Site, goods: Goods) -> None:
    client = site.clients["customer"]
    assert client.get(f"/portal/invoices/{goods.invoice}/").status_code == 200
    assert client.get(f"/portal/invoices/{goods.draft_invoice}/").status_code == 404
    assert client.get(f"/portal/orders/{goods.draft}/").status_code == 404


def test_a_customer_reads_nothing_that_staff_keep_to_themselves(site: Site, goods: Goods) -> None:
    with site.acting():
        order_id = shops.submitted(site.shop, [(site.shop.products[0], 1)])
        Customer.objects.filter(id=site.shop.customer.id).update(is_blocked=True)
        review_orders(act=site.shop.act, order_ids=[order_id])
    admin = site.clients["admin"]
    admin.post(f"/orders/{order_id}/release/", {"reason_code": "other", "reason": "the boss's nephew"})
    assert "nephew" in read(admin.get(f"/orders/{order_id}/")).text
    page = read(site.clients["customer"].get(f"/portal/orders/{order_id}/")).text
    assert "Order released" in page
    for secret in ("nephew", "blocked", "Review", site.users["admin"].username):
        assert secret not in page
