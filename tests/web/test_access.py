"""Who may call what: the declared table is the only thing that opens a page."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from dinghuo.reference import access
from dinghuo.reference.access import PERMISSIONS, PUBLIC, SIGNED_IN
from dinghuo.reference.models import Role
from dinghuo.web.middleware import Membership
from tests.web.addresses import Address, every_address, path_of
from tests.web.site import Goods, Site, a_user, signed_in

ADDRESSES = every_address()
PROTECTED = [address for address in ADDRESSES if address.needs not in {PUBLIC, SIGNED_IN}]


def ids(address: Address) -> str:
    return address.name


def called(client: Client, address: Address, goods: Goods) -> int:
    """The status with which an address answers the method it takes."""
    call = client.post if address.is_posted else client.get
    return call(path_of(address, goods)).status_code


@pytest.mark.parametrize("address", ADDRESSES, ids=ids)
def test_every_address_declares_who_may_call_it(address: Address) -> None:
    assert address.needs in {*PERMISSIONS, PUBLIC, SIGNED_IN}
    assert address.name


def test_the_walk_finds_the_pages_there_are() -> None:
    names = {address.name for address in ADDRESSES}
    assert {"home", "orders", "order-submit", "shipment-dispatch", "invoice-post", "portal-order", "analytics"} <= names
    assert len(names) == len(ADDRESSES)


def test_only_these_pages_are_open_to_strangers() -> None:
    names = {address.name for address in ADDRESSES if address.needs == PUBLIC}
    signing = {"account_login", "account_logout", "account_inactive"}
    assert names == {*signing, "healthz", "choose-language", "carrier-push", "shortage-answer"}


def test_a_stranger_is_sent_to_sign_in_from_every_page(goods: Goods) -> None:
    for address in [address for address in ADDRESSES if address.needs != PUBLIC]:
        call = Client().post if address.is_posted else Client().get
        response = call(path_of(address, goods))
        assert response.status_code == 302, address
        assert response["Location"].startswith("/sign-in/"), address


def test_a_stranger_that_asks_for_a_fragment_loads_the_sign_in_page(site: Site) -> None:
    response = Client().get("/customers/choices/", headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert response["HX-Redirect"].startswith("/sign-in/")


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_what_the_table_grants_it_and_nothing_else(site: Site, goods: Goods, role: Role) -> None:
    for address in PROTECTED:
        assert address.needs is not None
        status = called(site.clients[role], address, goods)
        if access.allowed(role, address.needs):
            assert status not in {403, 405, 500}, (role, address, status)
        else:
            assert status == 403, (role, address, status)


def test_a_user_of_no_company_opens_nothing_but_the_first_page(site: Site, goods: Goods) -> None:
    client = signed_in(a_user())
    assert client.get("/").status_code == 200
    assert {called(client, address, goods) for address in PROTECTED} == {403}


def test_a_method_that_a_page_does_not_take_is_refused(site: Site, goods: Goods) -> None:
    admin = site.clients["admin"]
    assert admin.get(f"/orders/{goods.draft}/submit/").status_code == 405
    assert admin.post("/orders/").status_code == 405
    assert admin.delete("/orders/").status_code == 405


def undeclared(request: HttpRequest) -> HttpResponse:
    """A view that its author forgot to declare."""
    return HttpResponse("secret")


def test_a_view_that_declares_nothing_is_refused_when_it_is_called() -> None:
    middleware = Membership(undeclared)
    with pytest.raises(PermissionDenied):
        middleware.process_view(RequestFactory().get("/forgotten/"), undeclared, (), {})


def test_a_permission_that_the_table_does_not_know_cannot_be_declared() -> None:
    with pytest.raises(AssertionError):
        access.page(needs="orders.reed")


def test_no_role_but_the_customers_opens_the_portal() -> None:
    assert {role for role in Role if access.allowed(role, "portal.read")} == {Role.CUSTOMER}
    assert not any(access.allowed(Role.CUSTOMER, each) for each in PERMISSIONS if not each.startswith("portal."))


def test_an_auditor_reads_and_changes_nothing() -> None:
    granted = {each for each in PERMISSIONS if access.allowed(Role.AUDITOR, each)}
    assert all(each.endswith(".read") for each in granted)
    assert {"orders.read", "invoices.read", "analytics.read"} <= granted
