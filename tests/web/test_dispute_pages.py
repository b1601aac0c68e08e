"""Disputes from the page of receivables: opened and closed with words, and orders that go on because of it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from dinghuo.journey.finance.models import Dispute, Receivable
from dinghuo.journey.review.operations import RuleDraft, add_rule, review_orders
from tests import shop as shops
from tests.web.site import CANARY, Site, open_site, read


@pytest.fixture
def invoice_id(site: Site) -> int:
    """An invoice that is 40 days late, and a rule that holds the customer's orders because of it."""
    with site.acting():
        shops.stocked(site.shop, (site.shop.products[0], 10))
        found = shops.posted(site.shop, [(site.shop.products[0], 5)])
        Receivable.objects.filter(invoice_id=found).update(due_on=site.shop.act.on - timedelta(days=40))
        assert add_rule(act=site.shop.act, draft=RuleDraft("late", "oldest_item", {"days": 30})).done
    return found


def press(site: Site, path: str, role: str = "finance", **given: str) -> str:
    return read(site.clients[role].post(path, given, follow=True)).text


def test_a_dispute_is_opened_and_closed_and_a_waiting_order_goes_on(site: Site, invoice_id: int) -> None:
    with site.acting():
        order_id = shops.submitted(site.shop, [(site.shop.products[0], 1)])
        (judged,) = review_orders(act=site.shop.act, order_ids=[order_id])
        assert judged.facts["state"] == "held"
    text = press(site, f"/finance/invoices/{invoice_id}/dispute/", reason=CANARY[:60])
    assert "counts as late no more" in text
    assert CANARY[:60] in text, "the reason stands beside what is open"
    with site.acting():
        dispute = Dispute.objects.get()
        assert dispute.opened_by_id == site.users["finance"].pk
    assert "Released" in read(site.clients["sales"].get(f"/orders/{order_id}/")).text
    assert "disputed already" in press(site, f"/finance/invoices/{invoice_id}/dispute/", reason="again")

    assert "The dispute was closed." in press(site, f"/finance/disputes/{dispute.pk}/close/", resolution="replaced")
    with site.acting():
        assert Dispute.objects.get().resolution == "replaced"
    assert "closed already" in press(site, f"/finance/disputes/{dispute.pk}/close/", resolution="replaced")


def test_a_part_of_an_invoice_is_disputed_and_a_senseless_part_is_refused(site: Site, invoice_id: int) -> None:
    path = f"/finance/invoices/{invoice_id}/dispute/"
    for amount in ("0", "-1", "1,5", "all", "999999999", "1.2345"):
        assert "The amount must be above zero" in press(site, path, reason="short", amount=amount), amount
    assert "A reason is needed" in press(site, path, reason=" ", amount="1")
    with site.acting():
        assert not Dispute.objects.exists()
    press(site, path, reason="short", amount="7.50")
    with site.acting():
        assert Dispute.objects.get().amount == Decimal("7.50")


def test_disputes_of_others_are_not_there_and_sales_opens_none(site: Site, invoice_id: int) -> None:
    press(site, f"/finance/invoices/{invoice_id}/dispute/", reason="broken")
    with site.acting():
        key = Dispute.objects.get().pk
    other = open_site().clients["finance"]
    assert other.post(f"/finance/disputes/{key}/close/", {"resolution": "mine"}).status_code == 404
    assert other.post(f"/finance/disputes/{10**15}/close/", {"resolution": "mine"}).status_code == 404
    assert other.post(f"/finance/invoices/{invoice_id}/dispute/", {"reason": "mine"}).status_code == 404
    assert site.clients["sales"].post(f"/finance/invoices/{invoice_id}/dispute/", {"reason": "mine"}).status_code == 403
    assert "Close dispute" not in read(site.clients["sales"].get("/finance/receivables/")).text
    with site.acting():
        assert Dispute.objects.get().closed_at is None
