"""What came back is credited once, and charges on credit documents join in."""

from dataclasses import replace
from decimal import Decimal

from dinghuo.journey.finance.models import SalesInvoice, SalesInvoiceLine
from dinghuo.journey.finance.operations import draft_charge_documents, draft_credit_notes, drop_drafts, post_invoices
from dinghuo.journey.finance.rules import ChargeDocumentDraft, ChargeLineDraft
from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company
from tests.builders import TODAY, a_customer, document_of
from tests.journey.finance.goods import came_back, posted, sold

FEE = ChargeLineDraft("manual", "handling", Decimal(1), Decimal("4.00"))
REFUND = ChargeLineDraft("postage", "postage back", Decimal(-1), Decimal("3.50"), Decimal("0.13"), source_row=9)


def test_a_return_is_credited_at_its_price_and_tax_with_negative_amounts(act: Act) -> None:
    made = sold(act)
    posted(act, made)
    billed = SalesOrder.objects.get(pk=made.order_id).invoiced_gross
    (outcome,) = draft_credit_notes(act=act, return_ids=[came_back(act, made, [2, 1]).id])
    note = SalesInvoice.objects.get(pk=document_of(outcome))
    assert (note.kind, note.amount_net, note.amount_tax, note.order_id) == ("credit_note", -30, Decimal("-3.90"), made.order_id)
    assert note.due_on == note.issued_on
    assert [line.quantity for line in SalesInvoiceLine.objects.filter(invoice=note).order_by("position")] == [-2, -1]
    (result,) = post_invoices(act=act)
    assert result.facts["number"] == "CN2026-000001"
    assert SalesOrder.objects.get(pk=made.order_id).invoiced_gross == billed, "what came back stays billed"


def test_every_return_is_credited_once_until_its_draft_is_dropped(act: Act) -> None:
    made = sold(act)
    goods = came_back(act, made, [1])
    (first,) = draft_credit_notes(act=act)
    assert draft_credit_notes(act=act) == []
    codes = [outcome.code for outcome in draft_credit_notes(act=act, return_ids=[goods.id, 2**40])]
    assert codes == ["already_credited", "not_found"]
    assert first.document_id is not None
    drop_drafts(act=act, invoice_ids=[first.document_id])
    assert [outcome.id for outcome in draft_credit_notes(act=act)] == [goods.id]


def test_charges_join_the_credit_of_a_return_in_one_document(act: Act) -> None:
    made = sold(act)
    goods = came_back(act, made, [2])
    draft = ChargeDocumentDraft(made.customer.id, "C1", TODAY, [REFUND, FEE], return_id=goods.id)
    (outcome,) = draft_charge_documents(act=act, drafts=[draft])
    note = SalesInvoice.objects.get(pk=document_of(outcome))
    lines = SalesInvoiceLine.objects.filter(invoice=note).order_by("position")
    assert [(line.kind, line.amount_net, line.amount_tax, line.source_row) for line in lines] == [
        ("goods", -20, Decimal("-2.60"), None),
        ("postage", Decimal("-3.50"), Decimal("-0.46"), 9),
        ("manual", 4, 0, None),
    ]
    assert (note.kind, note.amount_gross) == ("credit_note", Decimal("-22.56"))
    assert draft_credit_notes(act=act) == []


def test_a_charge_document_above_zero_is_an_invoice_due_by_the_customer_s_terms(company: Company, act: Act) -> None:
    customer = a_customer(company, payment_terms_days=14)
    (outcome,) = draft_charge_documents(act=act, drafts=[ChargeDocumentDraft(customer.id, None, TODAY, [FEE])])
    invoice = SalesInvoice.objects.get(pk=document_of(outcome))
    assert (invoice.kind, (invoice.due_on - TODAY).days, invoice.order_id) == ("invoice", 14, None)


def test_a_repeat_gives_the_document_of_the_first_time(company: Company, act: Act) -> None:
    draft = ChargeDocumentDraft(a_customer(company).id, "C7", TODAY, [FEE])
    first, inside = draft_charge_documents(act=act, drafts=[draft, draft])
    (again,) = draft_charge_documents(act=act, drafts=[draft])
    assert first.document_id == inside.document_id == again.document_id
    assert SalesInvoice.objects.count() == 1


def test_a_charge_document_that_cannot_be_is_refused_alone(company: Company, act: Act) -> None:
    made = sold(act)
    goods, taken = came_back(act, made, [1]), came_back(act, made, [1])
    draft_credit_notes(act=act, return_ids=[taken.id])
    good = ChargeDocumentDraft(made.customer.id, None, TODAY, [FEE], return_id=goods.id)
    drafts = [
        replace(good, customer_id=2**40),
        replace(good, lines=[replace(FEE, unit_price=Decimal("0.1234567"))]),
        replace(good, lines=[replace(FEE, quantity=Decimal("NaN"))]),
        replace(good, return_id=None, lines=[]),
        replace(good, return_id=2**40),
        replace(good, customer_id=a_customer(company).id),
        replace(good, return_id=taken.id),
        good,
        good,
    ]
    codes = [outcome.code for outcome in draft_charge_documents(act=act, drafts=drafts)]
    assert codes == [
        "unknown_customer", "malformed", "malformed", "malformed", "unknown_return", "other_customer", "already_credited", "done",
        "already_credited",
    ]  # fmt: skip
