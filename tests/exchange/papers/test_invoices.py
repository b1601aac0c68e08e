"""Invoices and credit notes as PDF."""

from collections.abc import Iterator

import pypdfium2
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from dinghuo.exchange.papers.invoices import invoices
from dinghuo.journey.finance.models import SalesInvoice
from dinghuo.journey.finance.operations import draft_credit_notes, post_invoices
from dinghuo.kernel import tenancy
from dinghuo.kernel.errors import Missing
from dinghuo.reference.models import Company, Customer
from tests.shop import Shop, drafted, open_shop, order_of, paid, posted, returned, stocked


@pytest.fixture
def shop(db: None) -> Iterator[Shop]:
    """An open shop whose rows are seen."""
    shop = open_shop()
    with tenancy.acting_for(shop.company.id):
        stocked(shop, *((product, 1_000) for product in shop.products))
        yield shop


def text_of(shop: Shop, *invoice_ids: int, language: str = "en", only_customer: int | None = None) -> str:
    """The text of the printed invoices."""
    company_id = shop.company.id
    with transaction.atomic():
        pdf = invoices(company_id=company_id, invoice_ids=invoice_ids, language=language, only_customer=only_customer)
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(document[index].get_textpage().get_text_bounded() for index in range(len(document)))


def test_an_invoice_shows_its_own_amounts_and_adds_up_by_tax_rate(shop: Shop) -> None:
    Company.objects.filter(id=shop.company.id).update(tax_id="91310000MA1K35XX1A", bank_name="Bank of X", bank_account="6222 0001")
    Customer.objects.filter(id=shop.customer.id).update(tax_id="91110000600037341L")
    invoice_id = posted(shop, [(shop.products[0], 3), (shop.products[1], 7)])
    head = SalesInvoice.objects.get(id=invoice_id)
    shown = text_of(shop, invoice_id)
    assert head.amount_tax > 0
    for text in (
        head.number,
        f"{head.amount_gross:,.2f} CNY",
        f"{head.amount_tax:,.2f}",
        "91310000MA1K35XX1A",
        "91110000600037341L",
    ):
        assert str(text) in shown
    assert "Bank of X, 6222 0001" in shown
    assert "13 %" in shown


def test_a_chinese_invoice_says_its_total_in_capitals(shop: Shop) -> None:
    shown = text_of(shop, posted(shop, [(shop.products[0], 100)]), language="zh-hans")
    assert "发票" in shown
    assert "壹仟" in shown


def test_what_is_settled_stands_on_it(shop: Shop) -> None:
    invoice_id = posted(shop, [(shop.products[0], 3)])
    assert "Settled" not in text_of(shop, invoice_id)
    paid(shop, invoice_id)
    assert "Settled" in text_of(shop, invoice_id)


def test_a_draft_says_that_it_is_one_and_a_customer_does_not_see_it(shop: Shop) -> None:
    draft = drafted(shop, [(shop.products[0], 3)])
    assert "Draft" in text_of(shop, draft)
    with pytest.raises(Missing):
        text_of(shop, draft, only_customer=shop.customer.id)


def test_a_credit_note_is_called_one_and_asks_for_no_money(shop: Shop) -> None:
    Company.objects.filter(id=shop.company.id).update(bank_name="Bank of X")
    invoice_id = posted(shop, [(shop.products[0], 3)])
    back = returned(shop, order_of(invoice_id), 1)
    draft_credit_notes(act=shop.act, return_ids=[back])
    note = SalesInvoice.objects.get(kind="credit_note")
    post_invoices(act=shop.act, invoice_ids=[note.id])
    shown = text_of(shop, note.id)
    assert "Credit note" in shown
    assert "-11.30" in shown
    assert "Bank of X" not in shown


def test_the_statements_do_not_grow_with_the_invoices(shop: Shop) -> None:
    ids = [posted(shop, [(shop.products[0], quantity)]) for quantity in (1, 2, 3)]
    counts = []
    for asked in (ids[:1], ids):
        with CaptureQueriesContext(connection) as seen:
            text_of(shop, *asked)
        counts.append(len([query for query in seen if "SAVEPOINT" not in query["sql"]]))
    assert counts == [3, 3]
