"""What surrounds every page: headers, tokens, cookies; and texts that stay texts."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from dinghuo.kernel.errors import Refused
from dinghuo.reference.models import User
from tests import shop as shops
from tests.builders import a_customer, a_product
from tests.web.addresses import every_address, path_of
from tests.web.site import CANARY, PASSWORD, CountedQueries, Elements, Goods, Site, a_user_with_password, read, signed_in

SCRIPT_TYPES = {"application/json"}


def pages(site: Site, goods: Goods) -> list[tuple[str, Any]]:
    """The answer of every page that is read, to a role that may read it."""
    roles = {"portal.read": "customer"}
    reads = [address for address in every_address() if not address.is_posted and address.name != "healthz"]
    found = [(address.name, site.clients[roles.get(str(address.needs), "admin")].get(path_of(address, goods))) for address in reads]
    return [*found, ("missing", site.clients["admin"].get("/nowhere/")), ("stranger", Client().get("/sign-in/"))]


def test_every_page_comes_with_headers_that_fence_it_in(site: Site, goods: Goods) -> None:
    for name, response in pages(site, goods):
        assert response.status_code in {200, 302, 404}, name
        policy = response["Content-Security-Policy"]
        assert "default-src 'self'" in policy, name
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["X-Frame-Options"] == "DENY"
        assert response["Referrer-Policy"] == "same-origin"
        assert response["X-Request-Id"]


def test_no_page_holds_a_script_a_style_or_a_handler_of_its_own(site: Site, goods: Goods) -> None:
    looked_at = 0
    papers = {"application/pdf"}
    shown = [(name, response) for name, response in pages(site, goods) if response["Content-Type"] not in papers]
    for name, response in shown:
        for tag, attributes in read(response).tags:
            assert tag != "style", name
            assert "style" not in attributes, (name, tag)
            assert not [each for each in attributes if each.startswith("on")], (name, tag)
            assert tag != "script" or "src" in attributes or attributes.get("type") in SCRIPT_TYPES, name
            assert not str(attributes.get("href", "")).startswith("javascript:"), name
            looked_at += 1
    assert looked_at > 1000


def test_pages_are_kept_by_no_cache(site: Site, goods: Goods) -> None:
    assert site.clients["admin"].get("/orders/")["Cache-Control"] == "no-store"


def test_a_form_without_its_token_changes_nothing(site: Site, goods: Goods) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(site.users["admin"])
    # A carrier has no form: its pushes are known by their signature.
    for address in [address for address in every_address() if address.is_posted and address.name != "carrier-push"]:
        response = strict.post(path_of(address, goods), {"reason": "because"})
        assert response.status_code == 403, address
    assert "too old" in read(strict.post(f"/orders/{goods.draft}/submit/")).text


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(db: None) -> None:
    user = a_user_with_password()
    client = Client()
    client.post("/sign-in/", {"login": user.username, "password": PASSWORD})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert settings.CSRF_COOKIE_HTTPONLY


def test_one_signs_in_by_name_or_by_e_mail(db: None) -> None:
    user = a_user_with_password()
    for login in (user.username, user.email):
        response = Client().post("/sign-in/", {"login": login, "password": PASSWORD})
        assert response.status_code == 302
        assert response["Location"] == "/"


def test_a_wrong_password_and_an_unknown_user_answer_alike(db: None) -> None:
    user = a_user_with_password()
    answers = [
        read(Client().post("/sign-in/", {"login": login, "password": "wrong password"}, headers={"accept-language": "en"}))
        for login in (user.username, "nobody-of-that-name")
    ]
    assert answers[0].text == answers[1].text


def test_guessing_a_password_is_slowed_down_per_account(site: Site) -> None:
    user = a_user_with_password()
    client = Client(headers={"accept-language": "en"})
    for _try in range(11):
        client.post("/sign-in/", {"login": user.username, "password": "wrong password"})
    response = client.post("/sign-in/", {"login": user.username, "password": PASSWORD})
    assert response.status_code != 302
    other = a_user_with_password()
    assert Client().post("/sign-in/", {"login": other.username, "password": PASSWORD}).status_code == 302


def test_nobody_makes_an_account_for_himself(db: None) -> None:
    assert Client().get("/signup/").status_code == 404
    assert Client().get("/sign-up/").status_code == 404
    before = User.objects.count()
    Client().post("/signup/", {"username": "me", "password1": PASSWORD, "password2": PASSWORD})
    assert User.objects.count() == before


def test_sign_in_leads_to_no_other_site(db: None) -> None:
    user = a_user_with_password()
    form = {"login": user.username, "password": PASSWORD, "next": "https://evil.example/"}
    assert Client().post("/sign-in/", form)["Location"] == "/"
    assert Client().post("/language/", {"language": "en", "next": "//evil.example/"})["Location"] == "/"


@pytest.mark.parametrize("password", ["short", "12345678901234", "password1234"])
def test_a_weak_password_is_refused(db: None, password: str) -> None:
    user = a_user_with_password()
    client = signed_in(user)
    form = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    response = client.post("/password/", form)
    assert response.status_code == 200
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_changed_password_ends_the_other_sessions(db: None) -> None:
    user = a_user_with_password()
    here, there = signed_in(user), signed_in(user)
    fresh = "another long passphrase"
    assert here.post("/password/", {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh}).status_code == 302
    assert there.get("/password/").status_code == 302
    assert here.get("/password/").status_code == 200


def test_an_attackers_texts_are_shown_as_typed(site: Site) -> None:
    shop = site.shop
    with site.acting():
        customer = a_customer(shop.company, code="'><b>C", name=CANARY, name_zh=CANARY, address=CANARY[:300], city=CANARY[:100])
        product = a_product(shop.company, code="'><b>P", name=CANARY, name_zh=CANARY, category=CANARY[:60])
        shops.stocked(shop, (product, 10))
    sales = site.clients["sales"]
    form = {
        "customer": str(customer.id), "customer_text": customer.code, "warehouse": str(shop.warehouse.id),
        "customer_po": CANARY[:80], "ship_to_name": CANARY, "ship_to_address": CANARY, "ship_to_city": CANARY[:100],
        "product": ["'><b>P"], "quantity": ["2"], "price": [""], "token": "",
    }  # fmt: skip
    response = sales.post("/orders/new/", form)
    assert response.status_code == 302, read(response).text
    site.clients["admin"].post(response["Location"] + "cancel/", {"reason": CANARY})
    shown = [response["Location"], "/orders/", "/customers/", "/products/", "/allocation/", "/analytics/"]
    for address in [*shown, f"/orders/?customer={CANARY}", f"/orders/?number={CANARY}", f"/products/?q={CANARY}"]:
        page = Elements(site.clients["admin"].get(address).content.decode())
        assert "img" not in {tag for tag, attributes in page.tags if attributes.get("src") == "x"}, address
        assert not [tag for tag, attributes in page.tags if "onerror" in attributes], address
        assert not [text for text in page.texts if text == "49"], address
    order = read(sales.get(response["Location"]))
    assert order.text.count(CANARY) >= 4


@pytest.mark.parametrize("number", ["9999999999999999999", "0", "-1", "1e3", "abc", "%00", "１"])
def test_an_id_that_cannot_be_is_no_page(site: Site, number: str) -> None:
    assert site.clients["admin"].get(f"/orders/{number}/").status_code == 404


@pytest.mark.parametrize(
    "query",
    ["after=x", "after=2026-01-01.99999999999999999999", "after=9999-99-99.1", "from=yesterday", "state=%00", "customer=%00",
     "number=%F0%9F%98%80", "line=99999999999", "event=-1", "number=" + "x" * 5000, "issue=none&after=0001-01-01.1"],
)  # fmt: skip
def test_parameters_that_make_no_sense_are_left_out(site: Site, goods: Goods, query: str) -> None:
    for address in ("/orders/", f"/orders/{goods.held}/", "/shipping/", "/finance/", "/finance/receivables/", "/allocation/",
                    "/customers/", "/products/", "/tracking/", "/analytics/", "/finance/payments/", "/review/"):  # fmt: skip
        assert site.clients["admin"].get(f"{address}?{query}").status_code == 200, (address, query)


def test_a_fault_of_ours_is_told_without_its_trace(site: Site, goods: Goods, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("dinghuo.web.queries.orders", fails)
    client = site.clients["admin"]
    client.raise_request_exception = False
    response = client.get("/orders/")
    assert response.status_code == 500
    assert "secret detail" not in response.content.decode()
    assert "Traceback" not in response.content.decode()
    assert response["X-Request-Id"] in response.content.decode()


def test_a_refusal_that_a_page_lets_through_is_a_page_of_its_own(site: Site, goods: Goods, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: Any, **__: Any) -> None:
        raise Refused("no", code="already_posted")

    monkeypatch.setattr("dinghuo.web.queries.orders", refuses)
    response = site.clients["admin"].get("/orders/")
    assert response.status_code == 409
    assert "The document has been posted already." in read(response).text


def test_the_request_id_of_a_caller_is_kept_only_when_it_is_one(site: Site) -> None:
    assert Client().get("/healthz", headers={"X-Request-Id": "abcd-1234-efgh"})["X-Request-Id"] == "abcd-1234-efgh"
    assert re.fullmatch("[0-9a-f]{32}", Client().get("/healthz", headers={"X-Request-Id": "a\tb{}"})["X-Request-Id"])


def test_the_watchdog_hears_of_a_database_that_answers(db: None) -> None:
    response = Client().get("/healthz")
    assert response.status_code == 200
    assert response.content == b"ok\n"


def test_each_page_asks_the_database_a_fixed_number_of_questions(site: Site, goods: Goods) -> None:
    admin = site.clients["admin"]
    admin.get("/orders/")
    with CountedQueries() as few:
        admin.get("/orders/")
    with site.acting():
        for _more in range(20):
            shops.entered(site.shop, [(site.shop.products[0], 1)])
    with CountedQueries() as many:
        admin.get("/orders/")
    assert few.count == many.count <= 12
