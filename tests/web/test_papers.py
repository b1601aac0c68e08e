"""Papers in the browser: who may print what."""

import pytest

from dinghuo.kernel import tenancy
from dinghuo.reference.models import Role
from tests.builders import a_customer
from tests.web.site import Goods, Site, open_site


@pytest.mark.parametrize("form", ["", "?form=slip", "?form=unknown", "?language=en"])
def test_a_delivery_note_is_a_pdf(site: Site, goods: Goods, form: str) -> None:
    answer = site.clients[Role.WAREHOUSE].get(f"/shipping/{goods.shipment}/delivery-note.pdf{form}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    assert "inline" in answer["Content-Disposition"]


def test_all_that_is_due_is_one_pdf(site: Site, goods: Goods) -> None:
    client = site.clients[Role.WAREHOUSE]
    assert "/shipping/due/delivery-notes.pdf" in client.get("/shipping/").content.decode()
    answer = client.get("/shipping/due/delivery-notes.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")


def test_nothing_that_is_due_is_no_pdf_and_no_button(site: Site) -> None:
    client = site.clients[Role.WAREHOUSE]
    assert "/shipping/due/delivery-notes.pdf" not in client.get("/shipping/").content.decode()
    assert client.get("/shipping/due/delivery-notes.pdf").status_code == 404


def test_a_customer_prints_its_own_papers_and_nobody_elses(site: Site, goods: Goods) -> None:
    client = site.clients[Role.CUSTOMER]
    addresses = [f"/portal/shipments/{goods.shipment}/delivery-note.pdf", f"/portal/invoices/{goods.invoice}/invoice.pdf"]
    assert [client.get(address).status_code for address in addresses] == [200, 200]
    with site.acting():
        other = a_customer(site.shop.company)
    membership = site.users[Role.CUSTOMER]
    with site.acting():
        membership.memberships.update(customer_id=other.id)
    assert [client.get(address).status_code for address in addresses] == [404, 404]


def test_another_company_finds_no_papers(site: Site, goods: Goods) -> None:
    stranger = open_site()
    client = stranger.clients[Role.ADMIN]
    addresses = [f"/shipping/{goods.shipment}/delivery-note.pdf", f"/finance/invoices/{goods.invoice}/invoice.pdf"]
    assert [client.get(address).status_code for address in addresses] == [404, 404]
    with tenancy.acting_for(site.shop.company.id):
        assert [site.clients[Role.ADMIN].get(address).status_code for address in addresses] == [200, 200]
