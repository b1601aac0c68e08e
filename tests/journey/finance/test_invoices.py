"""What has left is billed once, to the cent, and what is not billed can be."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dinghuo.journey.allocation.models import Allocation
from dinghuo.journey.finance.models import SalesInvoice, SalesInvoiceLine
from dinghuo.journey.finance.operations import complete_orders, draft_invoices, drop_drafts, post_invoices
from dinghuo.journey.ordering.models import SalesOrder, SalesOrderLine
from dinghuo.journey.ordering.operations import enter_orders
from dinghuo.journey.ordering.rules import ChargeDraft, OrderDraft
from dinghuo.journey.shipping.models import Shipment, ShipmentLine
from dinghuo.kernel import tenancy
from dinghuo.kernel.models import Event
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company
from tests.builders import a_company, a_customer, a_warehouse, an_act, document_of
from tests.journey.finance.goods import posted, sold

POSTAGE = ChargeDraft("postage", Decimal(1), Decimal("15"), "by lorry")


def test_a_shipment_is_billed_at_the_order_s_price_and_tax(act: Act) -> None:
    made = sold(act, [(3, 2)], price="9.99")
    (outcome,) = draft_invoices(act=act, shipment_ids=made.shipment_ids)
    invoice = SalesInvoice.objects.get(pk=document_of(outcome))
    assert (invoice.kind, invoice.state, invoice.number) == ("invoice", "draft", None)
    assert (invoice.amount_net, invoice.amount_tax, invoice.amount_gross) == (Decimal("49.95"), Decimal("6.50"), Decimal("56.45"))
    assert (invoice.due_on - invoice.issued_on).days == 30
    assert list(SalesOrderLine.objects.filter(order_id=made.order_id).order_by("position").values_list("invoiced")) == [(3,), (2,)]
    event = Event.objects.get(kind="InvoiceDrafted", document_id=invoice.id)
    assert (event.journey_id, event.facts) == (made.order_id, {"kind": "invoice", "amount": "56.450"})


def test_everything_ready_is_billed_and_nothing_twice(act: Act) -> None:
    first, second = sold(act, [(1,), (2,)]), sold(act, [(4,)])
    assert [outcome.id for outcome in draft_invoices(act=act)] == [first.order_id, first.order_id, second.order_id]
    assert draft_invoices(act=act) == []


def test_a_named_order_gives_an_invoice_for_each_shipment(act: Act) -> None:
    made = sold(act, [(1,), (2,)])
    outcomes = draft_invoices(act=act, order_ids=[made.order_id])
    assert [outcome.id for outcome in outcomes] == [made.order_id] * 2
    assert [outcome.code for outcome in draft_invoices(act=act, order_ids=[made.order_id])] == ["nothing_to_invoice"]


def test_a_shipment_that_has_not_left_or_is_billed_or_unknown_is_refused_and_the_others_are_billed(act: Act) -> None:
    waiting, billed, good = sold(act), sold(act), sold(act)
    Shipment.objects.filter(pk=waiting.shipment_ids[0]).update(state="notice", dispatched_on=None)
    (former,) = draft_invoices(act=act, shipment_ids=billed.shipment_ids)
    named = [*waiting.shipment_ids, *billed.shipment_ids, *good.shipment_ids, 2**40]
    outcomes = {outcome.id: outcome for outcome in draft_invoices(act=act, shipment_ids=named)}
    assert [outcomes[key].code for key in named] == ["not_dispatched", "already_invoiced", "done", "not_found"]
    assert outcomes[billed.shipment_ids[0]].facts == {"invoice": former.document_id}


def test_the_first_invoice_of_an_order_takes_its_charges_along(act: Act) -> None:
    made = sold(act, [(1,), (1,)], charges=[POSTAGE])
    first, second = draft_invoices(act=act, shipment_ids=made.shipment_ids)
    lines = SalesInvoiceLine.objects.filter(invoice_id=first.document_id).order_by("position")
    assert [(line.kind, line.amount_net) for line in lines] == [("goods", Decimal(10)), ("postage", Decimal(15))]
    assert SalesInvoiceLine.objects.filter(invoice_id=second.document_id).count() == 1


def test_an_order_of_charges_only_is_billed_without_a_shipment(company: Company, act: Act) -> None:
    draft = OrderDraft(a_customer(company).id, a_warehouse(company).id, [], [POSTAGE])
    (entered,) = enter_orders(act=act, drafts=[draft])
    assert draft_invoices(act=act) == [], "it is not released"
    SalesOrder.objects.filter(pk=document_of(entered)).update(state="released")
    (outcome,) = draft_invoices(act=act)
    assert SalesInvoice.objects.get(pk=document_of(outcome)).shipment_id is None
    assert draft_invoices(act=act) == []


def test_a_bill_that_comes_to_less_than_nothing_is_a_credit_note(act: Act) -> None:
    made = sold(act, [(1,)], charges=[ChargeDraft("discount", Decimal(1), Decimal("-50"))])
    draft_invoices(act=act, shipment_ids=made.shipment_ids)
    assert SalesInvoice.objects.get(order_id=made.order_id).kind == "credit_note"


@pytest.mark.parametrize("rounding", ["half_up", "half_even"])
def test_halves_go_the_company_s_way(act: Act, rounding: str) -> None:
    Company.objects.filter(pk=act.company_id).update(rounding=rounding)
    made = sold(act, [(1,)], price="0.125", rate="0")
    draft_invoices(act=act, shipment_ids=made.shipment_ids)
    assert SalesInvoice.objects.get().amount_net == {"half_up": Decimal("0.13"), "half_even": Decimal("0.12")}[rounding]


def test_goods_of_one_line_from_two_places_are_two_lines_that_add_up(act: Act) -> None:
    made = sold(act, [(1,)], ordered=[3], price="0.335")
    line = SalesOrderLine.objects.get(pk=made.line_ids[0])
    allocation = Allocation.objects.get(order_line=line)
    other = Allocation.objects.create(
        company_id=act.company_id, run=allocation.run, order_line=line, stock_level=allocation.stock_level,
        quantity=2, allocated_at=act.at,
    )  # fmt: skip
    ShipmentLine.objects.create(company_id=act.company_id, shipment_id=made.shipment_ids[0], allocation=other, quantity=2)
    SalesOrderLine.objects.filter(pk=line.pk).update(allocated=3, shipped=3)
    draft_invoices(act=act, shipment_ids=made.shipment_ids)
    line.refresh_from_db()
    billed = SalesInvoiceLine.objects.all()
    assert sum(row.amount_net for row in billed) == line.amount_net
    assert sum(row.amount_tax for row in billed) == line.amount_tax
    assert line.invoiced == 3


def test_a_dropped_draft_gives_back_what_it_billed_and_the_parts_still_add_up(act: Act) -> None:
    made = sold(act, [(1,), (1,), (1,)], price="0.335", charges=[POSTAGE])
    second = draft_invoices(act=act, shipment_ids=made.shipment_ids)[1].document_id
    assert second is not None
    assert drop_drafts(act=act, invoice_ids=[second])[0].done
    assert SalesOrderLine.objects.get().invoiced == 2
    (again,) = draft_invoices(act=act)
    lines = SalesInvoiceLine.objects.exclude(invoice__state="dropped")
    goods = SalesOrderLine.objects.get()
    assert sum(row.amount_net for row in lines if row.kind == "goods") == goods.amount_net
    assert sum(row.amount_tax for row in lines if row.kind == "goods") == goods.amount_tax
    assert SalesInvoiceLine.objects.get(invoice_id=again.document_id).amount_net == Decimal("0.33")
    first = SalesInvoiceLine.objects.get(kind="postage").invoice_id
    drop_drafts(act=act, invoice_ids=[first])
    (again,) = draft_invoices(act=act)
    assert SalesInvoiceLine.objects.get(invoice_id=again.document_id, kind="postage").amount_net == 15


def test_only_a_draft_can_be_dropped(act: Act) -> None:
    (number,) = posted(act, sold(act))
    (draft,) = [outcome.document_id for outcome in draft_invoices(act=act, shipment_ids=sold(act).shipment_ids)]
    assert draft is not None
    drop_drafts(act=act, invoice_ids=[draft])
    codes = [outcome.code for outcome in drop_drafts(act=act, invoice_ids=[number, draft, 2**40])]
    assert codes == ["already_posted", "dropped", "not_found"]


def test_an_order_is_complete_when_all_of_it_is_billed_and_posted(act: Act) -> None:
    made = sold(act, [(1,), (1,)], charges=[POSTAGE])
    short = sold(act, [(1,)], ordered=[2])
    draft_invoices(act=act)
    (refused,) = complete_orders(act=act, order_ids=[made.order_id])
    assert (refused.code, refused.facts["drafts"], refused.facts["charges"]) == ("not_all_invoiced", 2, 1)
    post_invoices(act=act)
    assert [outcome.id for outcome in complete_orders(act=act)] == [made.order_id]
    codes = [row.code for row in complete_orders(act=act, order_ids=[made.order_id, short.order_id, 2**40])]
    assert sorted(codes) == ["not_all_invoiced", "not_found", "not_released"]
    assert Event.objects.filter(kind="OrderCompleted", journey_id=made.order_id).count() == 1


def test_another_company_s_shipment_is_not_there(act: Act) -> None:
    made = sold(act)
    other = a_company()
    with tenancy.acting_for(other.id):
        outcomes = draft_invoices(act=an_act(other), shipment_ids=made.shipment_ids)
    assert [outcome.code for outcome in outcomes] == ["not_found"]


@pytest.mark.parametrize("orders", [1, 30])
def test_billing_takes_the_same_statements_for_one_and_for_many(act: Act, orders: int) -> None:
    shipments = [sold(act, [[1] * (1 if orders == 1 else 5)]).shipment_ids[0] for _ in range(orders)]
    with CaptureQueriesContext(connection) as drafting:
        ids = [outcome.document_id or 0 for outcome in draft_invoices(act=act, shipment_ids=shipments)]
    with CaptureQueriesContext(connection) as posting:
        post_invoices(act=act, invoice_ids=ids)
    with CaptureQueriesContext(connection) as completing:
        complete_orders(act=act)
    assert (len(drafting), len(posting), len(completing)) == (3, 6, 4)
