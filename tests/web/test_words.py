"""Every code that people may meet has words, in both languages, and every page speaks one language at a time."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from dinghuo.journey.finance.models import InvoiceState, Payment
from dinghuo.journey.ordering.models import OrderState
from dinghuo.journey.review.rules import KINDS
from dinghuo.journey.shipping.models import ShipmentState
from dinghuo.reference.models import Role, User
from dinghuo.web import rule_words, words
from dinghuo.web.refusal_words import REFUSALS
from tests.web.addresses import every_address, path_of
from tests.web.site import Goods, Site, read
from tooling import messages

PACKAGE = Path(__file__).resolve().parents[2] / "dinghuo"


def codes_of_refusals() -> set[str]:
    """The codes that the stages' errors modules name."""
    files = PACKAGE.glob("journey/*/errors.py")
    return {code for path in files for code in re.findall(r'^[A-Z_]+ = "([a-z_]+)"', path.read_text(), re.MULTILINE)}


def kinds_of_events() -> set[str]:
    """The events of orders that operations record."""
    text = "".join(path.read_text() for path in PACKAGE.glob("journey/*/operations/**/*.py"))
    text += "".join(path.read_text() for path in PACKAGE.glob("journey/*/operations.py"))
    found = set(re.findall(r'journal\.record\(\s*act,\s*"([A-Za-z]+)"', text))
    return found | set(re.findall(r'"((?:Order|Invoice|CreditNote)[A-Z][a-z]+)"', text))


def test_every_refusal_has_a_sentence() -> None:
    codes = codes_of_refusals()
    assert len(codes) > 30
    assert codes - set(REFUSALS) == set()


def test_every_event_has_a_sentence() -> None:
    kinds = kinds_of_events()
    assert {"OrderEntered", "OrderHeld", "InvoicePosted", "ShipmentDispatched"} <= kinds
    assert kinds - set(words.EVENTS) == set()


def test_every_state_kind_and_role_has_a_word() -> None:
    codes = {*OrderState.values, *ShipmentState.values, *InvoiceState.values, *Payment.Method.values, *Role.values}
    assert codes - set(words.CODES) == set()
    assert set(KINDS) <= set(rule_words.RULES)


@pytest.mark.parametrize("is_breach", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_every_finding_has_a_sentence(kind: str, is_breach: bool) -> None:
    assert words.finding(kind, "hold" if is_breach else "pass", {"credit_limit": "5"})


def test_a_sentence_is_filled_from_its_facts_and_survives_missing_ones() -> None:
    with translation.override("en"):
        facts = {"state": "held", "number": "7"}
        assert words.refusal("not_released", facts) == "The order is not released; its state is: On hold."
        assert words.refusal("not_released", {}) == "The order is not released; its state is: –."
        assert words.refusal("never_heard_of", {}) == "Never heard of"
        assert words.event("OrderEntered", {"number": "000123"}) == "Order 000123 entered"


@pytest.mark.parametrize(
    ("name", "fact", "written"),
    [
        ("amount", "1234.5", "1,234.50"), ("amount", "1234.567", "1,234.567"), ("quantity", "12.000", "12"),
        ("quantity_max", "100000", "100,000"), ("deviation", "0.125", "12.5 %"), ("deviation_max", "0.50", "50 %"),
        ("credit_limit", None, "–"), ("number", "007", "007"), ("state", "held", "On hold"), ("text", "%(x)s {y}", "%(x)s {y}"),
    ],
)  # fmt: skip
def test_facts_are_written_for_people(name: str, fact: object, written: str) -> None:
    with translation.override("en"):
        assert words._readable({name: fact})[name] == written


def english_sources() -> set[str]:
    """The texts whose Chinese differs: none of them may stand in a Chinese page."""
    catalogue = [messages.read_catalogue(path) for path in messages.catalogue_paths()]
    pairs = [(message.id, message.string) for each in catalogue for message in each if isinstance(message.id, str) and message.id]
    return {source for source, chinese in pairs if source != chinese and len(source) > 3}


def test_no_page_mixes_english_into_chinese(site: Site, goods: Goods) -> None:
    User.objects.update(language="zh-hans")
    sources = english_sources() - {"English"}
    looked_at = 0
    for address in [address for address in every_address() if not address.is_posted and address.name != "healthz"]:
        client = site.clients["customer" if str(address.needs).startswith("portal") else "admin"]
        response = client.get(path_of(address, goods))
        if response.status_code != 200 or not response["Content-Type"].startswith("text/html"):
            continue
        page = read(response)
        assert [text for text in page.texts if text in sources] == [], address
        if page.tags and page.tags[0][0] == "html":
            assert page.tags[0][1].get("lang") == "zh-Hans", address
            looked_at += 1
    assert looked_at > 15


def test_refusals_are_told_in_the_readers_language(site: Site, goods: Goods) -> None:
    User.objects.update(language="zh-hans")
    response = site.clients["sales"].post(f"/orders/{goods.held}/submit/", follow=True)
    assert "订单已不是草稿。" in read(response).text


def test_a_stranger_is_met_in_the_language_of_its_browser_and_may_choose_the_other(db: None) -> None:
    chinese, english = Client(headers={"accept-language": "zh-CN"}), Client(headers={"accept-language": "en-GB"})
    assert "登录" in read(chinese.get("/sign-in/")).text
    assert "Sign in" in read(english.get("/sign-in/")).text
    assert "登录" in read(Client().get("/sign-in/")).text
    english.post("/language/", {"language": "zh-hans", "next": "/sign-in/"})
    assert "登录" in read(english.get("/sign-in/")).text


def test_a_chosen_language_stays_with_the_user(site: Site) -> None:
    client = site.clients["sales"]
    client.post("/language/", {"language": "zh-hans", "next": "/orders/"})
    assert "订单" in read(client.get("/orders/")).text
    site.users["sales"].refresh_from_db()
    assert site.users["sales"].language == "zh-hans"
    client.post("/language/", {"language": "tlh", "next": "/"})
    assert "订单" in read(client.get("/orders/")).text
