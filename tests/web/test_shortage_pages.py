"""The pages of short lines: proposals done and undone, customers asked and answering, substitutes kept, who waits for what."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.test import Client, override_settings
from django.utils import timezone

from dinghuo.journey.allocation.models import ProductSubstitute, Shortage, ShortageProposal, ShortageQuestion
from dinghuo.journey.allocation.operations import allocate_orders, expect_supply
from dinghuo.journey.allocation.operations.shortages import propose
from dinghuo.journey.allocation.operations.supplies import peg_backorders
from dinghuo.journey.allocation.rules.stock import Supply
from dinghuo.journey.ordering.models import SalesOrder, SalesOrderLine
from dinghuo.journey.shipping.models import Shipment
from dinghuo.reference.models import Company, Product
from tests import shop as shops
from tests.web.site import CANARY, CountedQueries, Goods, Site, open_site, read


def state_of(site: Site, proposal_id: int) -> str:
    with site.acting():
        return str(ShortageProposal.objects.get(id=proposal_id).state)


def a_proposal(site: Site, goods: Goods, kind: str) -> int:
    """The open proposal of a kind for the short line."""
    with site.acting():
        assert propose(act=site.shop.act, shortage_ids=[goods.shortage])[0].done
        return int(ShortageProposal.objects.get(shortage_id=goods.shortage, kind=kind, state="open").pk)


def test_a_short_line_shows_its_proposals_and_one_is_done_and_undone(site: Site, goods: Goods) -> None:
    admin = site.clients["admin"]
    buy = a_proposal(site, goods, "buy")
    page = read(admin.get("/allocation/shortages/"))
    assert "Buy" in page.text
    assert "Cancel the rest" in page.text
    assert "Done as proposed." in read(admin.post(f"/allocation/proposals/{buy}/accept/", follow=True)).text
    assert state_of(site, buy) == "accepted"
    assert "Taken back." in read(admin.post(f"/allocation/proposals/{buy}/undo/", follow=True)).text
    assert state_of(site, buy) == "undone"
    assert "This proposal is not open any more." in read(admin.post(f"/allocation/proposals/{buy}/accept/", follow=True)).text


def test_what_cannot_be_taken_back_asks_first(site: Site, goods: Goods) -> None:
    rest = a_proposal(site, goods, "cancel_rest")
    forms = [given for tag, given in read(site.clients["admin"].get("/allocation/shortages/")).tags if tag == "form"]
    asked = {str(given.get("action")): "data-confirm" in given for given in forms}
    assert asked[f"/allocation/proposals/{rest}/accept/"]
    assert not asked["/allocation/shortages/look/"]


def test_a_role_does_only_what_it_may_do_elsewhere(site: Site, goods: Goods) -> None:
    buy = a_proposal(site, goods, "buy")
    page = read(site.clients["sales"].post(f"/allocation/proposals/{buy}/accept/", follow=True))
    assert "Your role may not do that" in page.text
    assert state_of(site, buy) == "open"
    actions = [given.get("action") for _tag, given in page.tags]
    assert f"/allocation/proposals/{buy}/accept/" not in actions


def test_short_lines_are_found_and_kept_as_a_file(site: Site, goods: Goods) -> None:
    admin = site.clients["admin"]
    with site.acting():
        number = SalesOrderLine.objects.select_related("order").get(id=goods.short_line).order.number
    assert number in read(admin.get(f"/allocation/shortages/?q={number}")).text
    assert "No line is short." in read(admin.get("/allocation/shortages/?q=nobody")).text
    assert number not in read(admin.get(f"/allocation/shortages/?q={number}&asked=no")).text
    rows = admin.get(f"/allocation/shortages/?as=csv&q={number}").content.decode().splitlines()
    assert len(rows) == 2
    assert number in rows[1]


def test_looking_proposes_for_all_that_nobody_has_looked_at(site: Site, goods: Goods) -> None:
    with site.acting():
        line = SalesOrderLine.objects.get(order_id=goods.short)
        other = Shortage.objects.get(order_line=line)
        assert not ShortageProposal.objects.filter(shortage=other).exists()
    site.clients["admin"].post("/allocation/shortages/look/")
    with site.acting():
        assert ShortageProposal.objects.filter(shortage=other, state="open").exists()


def question(site: Site, goods: Goods) -> tuple[Any, str]:
    """The page after a customer was asked, and the link in it."""
    with site.acting():
        ShortageQuestion.objects.filter(id=goods.question).delete()
    page = read(site.clients["admin"].post(f"/allocation/shortages/{goods.shortage}/ask/"))
    link = next(str(given["value"]) for _tag, given in page.tags if given.get("id") == "link")
    return page, link.partition("testserver")[2]


def test_a_customer_answers_with_the_link_once(site: Site, goods: Goods) -> None:
    _page, link = question(site, goods)
    stranger = Client(headers={"accept-language": "en"})
    offered = [given.get("value") for _tag, given in read(stranger.get(link)).tags if given.get("name") == "choice"]
    assert offered == ["wait", "substitute", "cancel_rest"]
    token = re.findall("token=(.*)", link)[0]
    done = read(stranger.post("/answer/", {"token": token, "choice": "cancel_rest"}))
    assert "Thank you. It is done as you chose." in done.text
    with site.acting():
        line = SalesOrderLine.objects.get(id=goods.short_line)
        assert line.ordered == line.allocated
    other = stranger.post("/answer/", {"token": token, "choice": "wait"})
    assert other.status_code == 409
    assert not [given for _tag, given in read(stranger.get(link)).tags if given.get("name") == "choice"]


def noticed(site: Site, goods: Goods) -> bool:
    """Whether a shipping notice was made for the order of the short line."""
    with site.acting():
        order_id = SalesOrderLine.objects.get(id=goods.short_line).order_id
        return Shipment.objects.filter(order_id=order_id).exists()


def lets_notices_be_made(site: Site) -> None:
    with site.acting():
        Company.objects.filter(id=site.shop.company.id).update(auto_notice=True, auto_release=True)


def test_an_order_goes_on_at_once_when_its_customer_has_answered(site: Site, goods: Goods) -> None:
    _page, link = question(site, goods)
    lets_notices_be_made(site)
    token = re.findall("token=(.*)", link)[0]
    assert not noticed(site, goods)
    assert Client().post("/answer/", {"token": token, "choice": "cancel_rest"}).status_code == 200
    assert noticed(site, goods)


def test_an_order_goes_on_at_once_when_its_customer_has_answered_signed_in(site: Site, goods: Goods) -> None:
    lets_notices_be_made(site)
    with site.acting():
        ShortageQuestion.objects.filter(id=goods.question).update(expires_at=timezone.now() + timedelta(days=1))
    assert not noticed(site, goods)
    site.clients["customer"].post(f"/portal/short-lines/{goods.question}/answer/", {"choice": "cancel_rest"})
    assert noticed(site, goods)


def test_what_a_proposal_splits_off_is_reviewed_at_once_and_the_rest_goes_on(site: Site, goods: Goods) -> None:
    split = a_proposal(site, goods, "split")
    lets_notices_be_made(site)
    site.clients["admin"].post(f"/allocation/proposals/{split}/accept/")
    with site.acting():
        document_id = ShortageProposal.objects.get(id=split).document_id
        assert document_id is not None
        made = SalesOrder.objects.get(id=document_id)
    assert made.state != "submitted"
    assert noticed(site, goods)


def test_a_link_that_is_none_of_ours_says_so(site: Site, goods: Goods) -> None:
    stranger = Client(headers={"accept-language": "en"})
    for token in ("", "x", "1-guess", f"{site.shop.company.id}-guess", "%00", CANARY):
        page = read(stranger.get("/answer/", {"token": token}))
        assert "This link is not known." in page.text, token
        assert not [tag for tag, given in page.tags if "onerror" in given]
        cache.clear()


@override_settings(ACCOUNT_RATE_LIMITS={"login": "3/h/ip"})
def test_guessing_links_is_slowed_down(site: Site) -> None:
    answers = [Client().post("/answer/", {"token": "1-guess", "choice": "wait"}).status_code for _try in range(5)]
    assert answers == [200, 200, 200, 429, 429]


def choices_of(customer: Client) -> list[str | None]:
    """What the customer may choose on its page of questions."""
    return [given.get("value") for _tag, given in read(customer.get("/portal/short-lines/")).tags if given.get("name") == "choice"]


def test_a_customer_answers_when_signed_in_and_only_its_own_questions(site: Site, goods: Goods) -> None:
    customer = site.clients["customer"]
    assert not choices_of(customer), "its time is over"
    with site.acting():
        ShortageQuestion.objects.filter(id=goods.question).update(expires_at=timezone.now() + timedelta(days=1))
    assert choices_of(customer)
    stranger = open_site().clients["customer"]
    assert stranger.post(f"/portal/short-lines/{goods.question}/answer/", {"choice": "wait"}).status_code == 404
    page = read(customer.post(f"/portal/short-lines/{goods.question}/answer/", {"choice": "wait"}, follow=True))
    assert "Thank you. It is done as you chose." in page.text
    assert "You chose: Wait" in page.text


def test_substitutes_are_listed_added_and_retired(site: Site, goods: Goods) -> None:
    sales, address = site.clients["sales"], f"/allocation/substitutes/{goods.short_product}/"
    first, second = site.shop.products[:2]
    assert first.code in read(sales.get("/allocation/substitutes/")).text
    form = {"product": [second.code, first.code, ""], "price": ["own", "kept", "kept"]}
    assert "The substitutes were saved." in read(sales.post(f"{address}change/", form, follow=True)).text
    with site.acting():
        kept = ProductSubstitute.objects.filter(product_id=goods.short_product).order_by("rank")
        assert [(row.substitute_id, row.keeps_price) for row in kept] == [(second.id, False), (first.id, True)]
    assert site.clients["sales"].post(f"{address}change/", {"product": [""], "price": ["kept"]}).status_code == 302
    with site.acting():
        assert not ProductSubstitute.objects.filter(product_id=goods.short_product).exists()


def test_substitutes_that_cannot_be_are_refused_with_what_was_typed(site: Site, goods: Goods) -> None:
    address, code = f"/allocation/substitutes/{goods.short_product}/change/", site.shop.products[0].code
    with site.acting():
        own = Product.objects.get(id=goods.short_product).code
    for codes in ([code, "NO-SUCH"], [code, code], [own]):
        response = site.clients["sales"].post(address, {"product": codes, "price": ["kept"] * len(codes)})
        assert response.status_code == 422, codes
        assert codes[-1] in [given.get("value") for _tag, given in read(response).tags]
    assert read(site.clients["sales"].get("/allocation/substitutes/?code=NO-SUCH")).text.count("NO-SUCH") == 1


def test_who_waits_for_which_goods_is_shown(site: Site, goods: Goods) -> None:
    with site.acting():
        supply = Supply(site.shop.warehouse.id, goods.short_product, Decimal(40), Decimal(6), site.shop.act.on, "PO-88")
        shops.all_done(expect_supply(act=site.shop.act, supplies=[supply]))
        peg_backorders(act=site.shop.act, product_ids=[goods.short_product])
        number = SalesOrderLine.objects.select_related("order").get(id=goods.short_line).order.number
    page = read(site.clients["admin"].get("/allocation/pegs/?q=PO-88"))
    assert number in page.text
    assert "No order waits" in read(site.clients["admin"].get("/allocation/pegs/?q=nothing")).text


def test_short_lines_of_another_company_are_not_there(site: Site, goods: Goods) -> None:
    other = open_site().clients["admin"]
    for address in (
        f"/allocation/proposals/{goods.proposal}/accept/",
        f"/allocation/proposals/{goods.proposal}/undo/",
        f"/allocation/shortages/{goods.shortage}/ask/",
        f"/allocation/substitutes/{goods.short_product}/change/",
    ):
        assert other.post(address).status_code == 404, address
    assert other.post("/allocation/shortages/look/", {"shortage": str(goods.shortage)}).status_code == 404
    assert other.get(f"/allocation/substitutes/{goods.short_product}/").status_code == 404
    assert "No line is short." in read(other.get("/allocation/shortages/")).text


def test_the_list_of_short_lines_asks_a_fixed_number_of_questions(site: Site, goods: Goods) -> None:
    admin, counts = site.clients["admin"], []
    for more in (0, 8):
        with site.acting():
            for _each in range(more):
                order = shops.released(site.shop, [(site.shop.products[2], 3)])
                allocate_orders(act=site.shop.act, order_ids=[order])
            propose(act=site.shop.act)
        admin.get("/allocation/shortages/")
        with CountedQueries() as counted:
            admin.get("/allocation/shortages/")
        counts.append(counted.count)
    assert counts[0] == counts[1] <= 12
