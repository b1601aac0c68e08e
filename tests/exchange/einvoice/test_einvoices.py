"""E-invoices: valid by the official rules, and read back as they were told."""

from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from dinghuo.exchange.einvoice.cii import cii
from dinghuo.exchange.einvoice.gathering import SellerUnknown
from dinghuo.exchange.einvoice.hybrid import factur_x
from dinghuo.exchange.einvoice.model import EXPORT, INTRA_COMMUNITY, ZERO, EInvoice
from dinghuo.exchange.einvoice.reading import read
from dinghuo.exchange.einvoice.ubl import ubl
from dinghuo.exchange.einvoice.validation import findings, is_valid
from dinghuo.exchange.papers.invoices import invoices
from dinghuo.journey.allocation.operations import allocate_orders
from dinghuo.journey.finance.models import SalesInvoice
from dinghuo.journey.finance.operations import draft_credit_notes, draft_invoices, post_invoices
from dinghuo.journey.ordering.operations import enter_orders, submit_orders
from dinghuo.journey.ordering.rules import ChargeDraft, LineDraft, OrderDraft
from dinghuo.journey.review.operations import review_orders
from dinghuo.journey.shipping.operations import dispatch_shipments, make_shipping_notices
from dinghuo.kernel.errors import Missing
from dinghuo.reference.models import Company, Customer, Product
from tests.exchange.einvoice.conftest import told
from tests.shop import Shop, all_done, drafted, order_of, paid, posted, returned, shipment_of, the_document

SYNTAXES = {"ubl": ubl, "cii": cii}


def an_invoice(shop: Shop) -> int:
    return posted(shop, [(shop.products[0], 3), (shop.products[1], 7)])


def a_credit_note(shop: Shop) -> int:
    back = returned(shop, order_of(an_invoice(shop)), 1)
    draft_credit_notes(act=shop.act, return_ids=[back])
    note = SalesInvoice.objects.get(kind="credit_note")
    post_invoices(act=shop.act, invoice_ids=[note.id])
    return note.id


def complaints(document: EInvoice, syntax: str) -> list[tuple[str, str]]:
    return [(one.rule, one.told) for one in findings(SYNTAXES[syntax](document)) if one.is_fatal]


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("make", [an_invoice, a_credit_note])
def test_a_document_is_valid_and_is_read_back_as_it_was_written(shop: Shop, syntax: str, make: object) -> None:
    assert callable(make)
    (document,) = told(shop, make(shop))
    assert complaints(document, syntax) == []
    back = read(SYNTAXES[syntax](document))
    # Neither syntax of a credit note has a place for all that an invoice tells; lines, taxes and sums are the same.
    assert (back.number, back.type_code, back.issued_on, back.due_on) == (
        document.number, document.type_code, document.issued_on, document.due_on,
    )  # fmt: skip
    assert (back.lines, back.taxes) == (document.lines, document.taxes)
    assert (back.net, back.tax, back.gross, back.payable) == (document.net, document.tax, document.gross, document.payable)
    assert (back.seller.name, back.seller.vat_id, back.buyer.vat_id) == (document.seller.name, "DE123456789", "FR40303265045")
    assert (back.seller.postcode, back.buyer.postcode) == ("20457", "75001")
    assert (back.preceding, back.account, back.delivery_note) == (document.preceding, document.account, document.delivery_note)


def test_a_credit_note_names_the_invoice_that_it_corrects_and_is_positive(shop: Shop) -> None:
    (note,) = told(shop, a_credit_note(shop))
    former = SalesInvoice.objects.get(kind="invoice")
    assert note.preceding == (former.number,)
    assert note.gross == Decimal("11.30")
    assert note.lines[0].quantity == 1


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize(
    ("country", "tax_id", "category"),
    [("US", "", EXPORT), ("FR", "FR40303265045", INTRA_COMMUNITY), ("FR", "", ZERO), ("DE", "DE111111125", ZERO)],
)
def test_what_bears_no_tax_says_why(shop: Shop, country: str, tax_id: str, category: str, syntax: str) -> None:
    Customer.objects.filter(id=shop.customer.id).update(country_id=country, tax_id=tax_id, tax_rate=0)
    (document,) = told(shop, an_invoice(shop))
    assert {part.category for part in document.taxes} == {category}
    assert complaints(document, syntax) == []


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_credit_note_without_tax_is_valid(shop: Shop, syntax: str) -> None:
    Customer.objects.filter(id=shop.customer.id).update(country_id="US", tax_id="", tax_rate=0)
    (document,) = told(shop, a_credit_note(shop))
    assert document.tax == 0
    assert complaints(document, syntax) == []
    assert b">-0" not in SYNTAXES[syntax](document)


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_seller_without_a_vat_identifier_is_told_by_its_registration(shop: Shop, syntax: str) -> None:
    Company.objects.filter(id=shop.company.id).update(country="CN", tax_id="91310000MA1K35XX1A")
    (document,) = told(shop, an_invoice(shop))
    assert document.seller.registration == "91310000MA1K35XX1A"
    assert complaints(document, syntax) == []


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_what_is_paid_is_told_and_names_stay_as_they_are(shop: Shop, syntax: str) -> None:
    name = 'Tea & "Cakes" <GmbH> 茶'
    Customer.objects.filter(id=shop.customer.id).update(name=name)
    Product.objects.filter(id=shop.products[0].id).update(name=name)
    invoice_id = an_invoice(shop)
    paid(shop, invoice_id, Decimal(5))
    (document,) = told(shop, invoice_id)
    assert complaints(document, syntax) == []
    back = read(SYNTAXES[syntax](document))
    assert (back.paid, back.payable) == (Decimal(5), document.gross - 5)
    assert (back.buyer.name, back.lines[0].name) == (name, name)


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_the_rules_find_a_document_that_is_wrong(shop: Shop, syntax: str) -> None:
    (document,) = told(shop, an_invoice(shop))
    wrong_sum = replace(document, net=document.net + 1)
    no_number = replace(document, seller=replace(document.seller, vat_id=""))
    unknown_rate = replace(document, taxes=())
    for wrong, rule in ((wrong_sum, "BR-CO-10"), (no_number, "BR-S-02"), (unknown_rate, "BR-")):
        found = findings(SYNTAXES[syntax](wrong))
        assert not is_valid(found)
        assert any(one.rule.startswith(rule) or not one.rule for one in found), (rule, found)


def test_a_hybrid_invoice_carries_its_own_cii(shop: Shop) -> None:
    invoice_id = an_invoice(shop)
    (document,) = told(shop, invoice_id)
    paper = invoices(company_id=shop.company.id, invoice_ids=[invoice_id], for_archive=True)
    reader = PdfReader(BytesIO(factur_x(paper, cii(document))))
    (attached,) = reader.attachments["factur-x.xml"]
    assert read(attached) == read(cii(document))
    assert reader.xmp_metadata is not None
    assert "factur-x" in reader.xmp_metadata.stream.get_data().decode().lower()


def test_drafts_and_strangers_have_no_e_invoice(shop: Shop) -> None:
    with pytest.raises(Missing):
        told(shop, drafted(shop, [(shop.products[2], 1)]))
    with pytest.raises(Missing):
        told(shop, an_invoice(shop), only_customer=shop.customer.id + 1)


def test_a_letterhead_that_lacks_something_is_named(shop: Shop) -> None:
    Company.objects.filter(id=shop.company.id).update(tax_id="", country="")
    with pytest.raises(SellerUnknown) as refused:
        told(shop, an_invoice(shop))
    assert refused.value.facts["lacking"] == ["country", "tax_id"]


def test_the_statements_do_not_grow_with_the_documents(shop: Shop) -> None:
    ids = [posted(shop, [(shop.products[0], quantity)]) for quantity in (1, 2, 3)]
    counts = []
    for asked in (ids[:1], ids):
        with CaptureQueriesContext(connection) as seen:
            told(shop, *asked)
        counts.append(len([query for query in seen if "SAVEPOINT" not in query["sql"]]))
    assert counts == [3, 3]


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_voucher_is_a_quantity_below_zero_and_the_document_valid(shop: Shop, syntax: str) -> None:
    lines = [LineDraft(shop.products[0].id, Decimal(3))]
    voucher = ChargeDraft("voucher", Decimal(1), Decimal("-2.50"), "Spring voucher")
    draft = OrderDraft(shop.customer.id, shop.warehouse.id, lines, charges=[voucher])
    order_id = the_document(enter_orders(act=shop.act, drafts=[draft]))
    for operation in (submit_orders, review_orders, allocate_orders, make_shipping_notices):
        all_done(operation(act=shop.act, order_ids=[order_id]))
    shipment_id = shipment_of(order_id)
    all_done(dispatch_shipments(act=shop.act, shipment_ids=[shipment_id]))
    invoice_id = the_document(draft_invoices(act=shop.act, shipment_ids=[shipment_id]))
    all_done(post_invoices(act=shop.act, invoice_ids=[invoice_id]))
    (document,) = told(shop, invoice_id)
    (told_voucher,) = [line for line in document.lines if line.name == "Spring voucher"]
    assert (told_voucher.quantity, told_voucher.price, told_voucher.net) == (Decimal(-1), Decimal("2.50"), Decimal("-2.50"))
    assert complaints(document, syntax) == []
    assert read(SYNTAXES[syntax](document)).lines == document.lines
