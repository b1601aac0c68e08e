"""The pages of the ageing: figures of any day, each leading to its documents."""

import csv
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest

from dinghuo.journey.finance.ageing import COLUMNS, aged_receivables, summed
from dinghuo.journey.finance.models import SalesInvoice
from dinghuo.journey.finance.operations import take_payments
from dinghuo.journey.finance.rules import PaymentDraft
from tests import shop as shops
from tests.web.site import Elements, Site


@pytest.fixture
def owing(site: Site) -> SalesInvoice:
    """An invoice that a payment settled in part ten days after it was due."""
    shop = site.shop
    with site.acting():
        shops.stocked(shop, *((product, 50) for product in shop.products))
        invoice = SalesInvoice.objects.get(id=shops.posted(shop, [(shop.products[0], 5)]))
        paid_on = invoice.due_on + timedelta(days=10)
        draft = PaymentDraft(shop.customer.id, Decimal(10), "cash", received_on=paid_on, invoice_ids=[invoice.id])
        take_payments(act=replace(shop.act, on=paid_on), payments=[draft])
        return invoice


def table(content: bytes) -> list[list[str]]:
    return list(csv.reader(content.decode("utf-8-sig").splitlines()))


def cells(site: Site, on: date) -> dict[str, Decimal]:
    """The file of a day: what its only customer owed, by column."""
    head, *rows = table(site.clients["finance"].get(f"/finance/ageing/?on={on}&format=csv").content)
    return {name: Decimal(value) for row in rows for name, value in zip(head, row, strict=True) if name in {*COLUMNS, "balance"}}


def test_a_figure_of_a_past_day_is_shown_as_it_was_then(site: Site, owing: SalesInvoice) -> None:
    late = owing.due_on + timedelta(days=1)
    before, after = cells(site, late), cells(site, late + timedelta(days=9))
    whole = owing.amount_gross
    assert {name: amount for name, amount in before.items() if amount} == {"1-30": whole, "balance": whole}
    assert {name: amount for name, amount in after.items() if amount} == {"1-30": whole - 10, "balance": whole - 10}
    assert cells(site, owing.issued_on - timedelta(days=1)) == {}


def test_each_figure_of_the_page_leads_to_documents_that_come_to_it(site: Site, owing: SalesInvoice) -> None:
    client, on = site.clients["finance"], owing.due_on + timedelta(days=20)
    page = client.get(f"/finance/ageing/?on={on}").content.decode()
    links = [str(given["href"]) for tag, given in Elements(page).tags if tag == "a" and "/ageing/items/" in str(given.get("href"))]
    with site.acting():
        sums = summed(aged_receivables(company_id=site.shop.company.id, on=on))
    assert links
    for link in links:
        (age,) = parse_qs(urlsplit(link).query)["age"]
        shown = client.get(link).content.decode()
        assert owing.number is not None
        assert owing.number in shown
        rows = table(client.get(f"{link}&format=csv").content)[1:]
        assert sum(Decimal(row[-1]) for row in rows) == sums[age]


def test_a_day_or_an_age_that_is_none_is_taken_for_today_and_for_all(site: Site, owing: SalesInvoice) -> None:
    client = site.clients["finance"]
    assert client.get("/finance/ageing/?on=yesterday&after=%00").status_code == 200
    assert client.get("/finance/ageing/?on=9999-12-31").status_code == 200
    assert client.get("/finance/ageing/items/?on=0001-01-01&age=old&code=nobody&after=x").status_code == 200
    assert "Nothing was owed that day." in client.get("/finance/ageing/?on=1950-01-01").content.decode()
