"""Delivery notes as PDF: what stands on them, in which language, and whose they are."""

from collections.abc import Iterator
from decimal import Decimal

import pypdfium2
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from dinghuo.exchange.papers.delivery_notes import Form, delivery_notes
from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.journey.shipping.operations import cancel_shipments
from dinghuo.kernel import tenancy
from dinghuo.kernel.errors import Missing
from dinghuo.reference.models import Customer, Product
from tests.builders import a_company, a_customer, a_product
from tests.shop import Shop, noticed, open_shop, shipment_of, stocked

# One name in each script that a customer may write.
NAMES = [
    "张记商行 龘𬟽",
    "Αθήνα Εμπορική",
    "Торговый дом",
    "شركة النور",
    "מסחר",
    "บริษัท ไทย",
    "नमस्ते व्यापार",
    "한국상사",
    "Đại Nam Ñandú",
]


@pytest.fixture
def shop(db: None) -> Iterator[Shop]:
    """An open shop whose rows are seen."""
    shop = open_shop()
    with tenancy.acting_for(shop.company.id):
        yield shop


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page."""
    document = pypdfium2.PdfDocument(pdf)
    return [document[index].get_textpage().get_text_bounded() for index in range(len(document))]


def a_note(shop: Shop, quantity: int = 5) -> int:
    """A shipping notice of one product."""
    return the_note(shop, (shop.products[0], quantity))


def the_note(shop: Shop, *lines: tuple[Product, int]) -> int:
    """A shipping notice of goods that were received for it."""
    stocked(shop, *lines)
    return shipment_of(noticed(shop, lines))


def the_pdf(shop: Shop, *shipment_ids: int, form: Form = "a4", language: str = "") -> bytes:
    with transaction.atomic():
        return delivery_notes(company_id=shop.company.id, shipment_ids=shipment_ids, form=form, language=language)


def test_a_note_names_customer_goods_and_quantities(shop: Shop) -> None:
    Customer.objects.filter(id=shop.customer.id).update(name_zh="上海张记商行", contact="张三", phone="021-5555")
    shipment_id = a_note(shop, 1234)
    SalesOrder.objects.update(ship_to_address="中山东一路 12 号", ship_to_city="上海", ship_to_postcode="200002")
    (page,) = pages_of(the_pdf(shop, shipment_id))
    for text in ("上海, 200002", "送货单", shop.products[0].code, "1,234", "张三", "021-5555", "上海张记商行", "1 / 1"):
        assert text in page
    assert "12,340.00" not in page


def test_a_slip_has_prices_and_the_value_in_capitals(shop: Shop) -> None:
    assert shop.company.currency_id == "CNY"
    (page,) = pages_of(the_pdf(shop, a_note(shop, 1234), form="slip"))
    assert "12,340.00" in page
    assert "壹万贰仟叁佰肆拾元整" in page


@pytest.mark.parametrize(("language", "title"), [("en", "Delivery note"), ("zh-hans", "送货单"), ("xx", "送货单")])
def test_a_note_speaks_the_customers_language_or_the_one_asked_for(shop: Shop, language: str, title: str) -> None:
    shipment_id = a_note(shop)
    assert title in pages_of(the_pdf(shop, shipment_id, language=language))[0]
    Customer.objects.filter(id=shop.customer.id).update(language=language)
    assert title in pages_of(the_pdf(shop, shipment_id))[0]


@pytest.mark.parametrize("name", NAMES)
def test_names_in_any_script_have_their_glyphs(shop: Shop, name: str) -> None:
    Customer.objects.filter(id=shop.customer.id).update(name=name, name_zh="", language="en")
    pdf = the_pdf(shop, a_note(shop))
    # A glyph that no font has is drawn from the font's first one, without a letter that could be read back.
    read = "".join(pages_of(pdf))
    assert sorted(set(name.replace(" ", "")) - set(read)) == []


def test_each_note_begins_on_a_page_of_its_own_and_counts_its_pages(shop: Shop) -> None:
    long = [(a_product(shop.company), 1) for _ in range(100)]
    ids = [the_note(shop, *long), a_note(shop)]
    pages = pages_of(the_pdf(shop, *ids))
    last = len(pages) - 1
    assert last >= 2
    assert [f"{number} / {last}" in pages[number - 1] for number in range(1, last + 1)] == [True] * last
    assert "1 / 1" in pages[-1]
    assert shop.products[0].code in pages[-1]


def test_a_cancelled_note_says_so(shop: Shop) -> None:
    shipment_id = a_note(shop)
    cancel_shipments(act=shop.act, shipment_ids=[shipment_id], reason="wrong address")
    assert "已取消" in pages_of(the_pdf(shop, shipment_id))[0]


def test_the_statements_do_not_grow_with_the_notes(shop: Shop) -> None:
    ids = [a_note(shop, quantity) for quantity in (1, 2, 3)]
    counts = []
    for asked in (ids[:1], ids):
        with CaptureQueriesContext(connection) as seen:
            the_pdf(shop, *asked)
        counts.append(len([query for query in seen if "SAVEPOINT" not in query["sql"]]))
    assert counts == [3, 3]


def test_a_note_of_another_company_or_customer_is_not_there(shop: Shop) -> None:
    shipment_id = a_note(shop)
    other = a_customer(shop.company)
    with pytest.raises(Missing), transaction.atomic():
        delivery_notes(company_id=shop.company.id, shipment_ids=[shipment_id], only_customer=other.id)
    elsewhere = a_company()
    with tenancy.acting_for(elsewhere.id), pytest.raises(Missing), transaction.atomic():
        delivery_notes(company_id=elsewhere.id, shipment_ids=[shipment_id])


def test_more_notes_than_fit_one_part_are_one_file(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dinghuo.exchange.papers.printing.PAPERS_AT_ONCE", 2)
    ids = [a_note(shop, quantity) for quantity in (11, 22, 33)]
    pages = pages_of(the_pdf(shop, *ids))
    assert [str(quantity) in page for quantity, page in zip((11, 22, 33), pages, strict=True)] == [True] * 3


def test_a_lot_of_money_stays_exact(shop: Shop) -> None:
    dear = a_product(shop.company, list_price=Decimal("1234567.891234"))
    (page,) = pages_of(the_pdf(shop, the_note(shop, (dear, 3)), form="slip"))
    assert "1,234,567.891234" in page
    assert "3,703,703.67" in page
