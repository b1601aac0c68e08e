"""Eight clients press the same button at the same moment: one of them is served, seven hear why not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

import pytest
from django.db import transaction

from dinghuo.journey.allocation.operations import allocate_orders, give_back
from dinghuo.journey.finance.models import Payment
from dinghuo.journey.finance.operations import (
    apply_payments,
    complete_orders,
    draft_credit_notes,
    draft_invoices,
    drop_drafts,
    post_invoices,
    post_stock_documents,
    take_payments,
)
from dinghuo.journey.finance.rules import PaymentDraft
from dinghuo.journey.ordering.operations import amend_order, cancel_orders, submit_orders
from dinghuo.journey.ordering.rules import Amendment
from dinghuo.journey.reactions import withdraw_orders
from dinghuo.journey.review.operations import reject_orders, release_orders, review_orders
from dinghuo.journey.shipping.operations import (
    cancel_shipments,
    deliver_shipments,
    dispatch_shipments,
    make_shipping_notices,
    take_back_goods,
)
from dinghuo.kernel.errors import Outcome
from dinghuo.kernel.models import Event
from tests.concurrency.races import at_once, the_one_done
from tests.shop import (
    Lines,
    Shop,
    a_line_of,
    allocated,
    delivered,
    dispatched,
    drafted,
    entered,
    goods_back,
    held,
    noticed,
    order_of,
    payment_for,
    posted,
    released,
    returned,
    shipment_of,
    stocked,
    submitted,
)

CLIENTS = 8
Prepared = Callable[[], Sequence[Outcome]]


@dataclass(frozen=True)
class Button:
    """A thing to do on one document: how to get there, the events of one effect, and what the others hear."""

    name: str
    prepare: Callable[[Shop], Prepared]
    event: str
    refusals: tuple[str, ...]


def goods(shop: Shop) -> Lines:
    return [(product, 4) for product in shop.products[:2]]


def amendment(shop: Shop) -> Prepared:
    order_id = released(shop, goods(shop))
    line_id = a_line_of(order_id)
    change = Amendment(version=1, quantities={line_id: Decimal(2)})
    return lambda: [amend_order(act=shop.act, order_id=order_id, amendment=change)]


def on_order(operation: Callable[..., Sequence[Outcome]], bring: Callable[..., int], **more: str) -> Callable[[Shop], Prepared]:
    """An operation on an order that was brought so far."""
    return lambda shop: partial(operation, act=shop.act, order_ids=[bring(shop, goods(shop))], **more)


def on_shipment(operation: Callable[..., Sequence[Outcome]], bring: Callable[..., int], **more: str) -> Callable[[Shop], Prepared]:
    """An operation on the shipment of an order that was brought so far."""
    return lambda shop: partial(operation, act=shop.act, shipment_ids=[shipment_of(bring(shop, goods(shop)))], **more)


def on_invoice(operation: Callable[..., Sequence[Outcome]]) -> Callable[[Shop], Prepared]:
    """An operation on a draft invoice."""
    return lambda shop: partial(operation, act=shop.act, invoice_ids=[drafted(shop, goods(shop))])


def payment(shop: Shop) -> Prepared:
    draft = payment_for(posted(shop, goods(shop)))
    return lambda: take_payments(act=shop.act, payments=[draft])


def application(shop: Shop) -> Prepared:
    whole = payment_for(posted(shop, goods(shop)))
    ahead = PaymentDraft(whole.customer_id, whole.amount, "cash")
    (outcome,) = take_payments(act=shop.act, payments=[ahead], apply=False)
    return lambda: apply_payments(act=shop.act, payment_ids=[outcome.document_id or 0])


def return_of_goods(shop: Shop) -> Prepared:
    draft = goods_back(shop, delivered(shop, goods(shop)), 3)
    return lambda: take_back_goods(act=shop.act, returns=[draft])


def return_of_everything(shop: Shop) -> Prepared:
    draft = goods_back(shop, delivered(shop, goods(shop)), 4)
    return lambda: take_back_goods(act=shop.act, returns=[draft])


def credit(shop: Shop) -> Prepared:
    return_id = returned(shop, delivered(shop, goods(shop)), 1)
    return lambda: draft_credit_notes(act=shop.act, return_ids=[return_id])


def stock_posting(shop: Shop) -> Prepared:
    document_id = stocked(shop, (shop.products[0], 1))
    return lambda: post_stock_documents(act=shop.act, document_ids=[document_id])


def completion(shop: Shop) -> Prepared:
    order_id = order_of(posted(shop, goods(shop)))
    return lambda: complete_orders(act=shop.act, order_ids=[order_id])


BUTTONS = (
    Button("submit", on_order(submit_orders, entered), "OrderSubmitted", ("not_a_draft",)),
    Button("review", on_order(review_orders, submitted), "OrderReleased", ("not_submitted",)),
    Button("release", on_order(release_orders, held, reason_code="other", reason="known"), "OrderReleased", ("not_held",)),
    Button("reject", on_order(reject_orders, held, reason_code="other", reason="fraud"), "OrderRejected", ("not_held",)),
    Button("amend", amendment, "OrderAmended", ("version_conflict",)),
    Button("cancel", on_order(cancel_orders, submitted, reason="twice"), "OrderCancelled", ("cannot_be_cancelled",)),
    Button("withdraw", on_order(withdraw_orders, noticed, reason="twice"), "OrderCancelled", ("cannot_be_cancelled",)),
    Button("allocate", on_order(allocate_orders, released), "StockAllocated", ("nothing_to_allocate",)),
    Button("give_back", on_order(give_back, allocated), "AllocationGivenBack", ("nothing_to_give_back",)),
    Button("notice", on_order(make_shipping_notices, allocated), "ShipmentNoticed", ("nothing_to_ship",)),
    Button("cancel_shipment", on_shipment(cancel_shipments, noticed, reason="twice"), "ShipmentCancelled", ("not_a_notice",)),
    Button("dispatch", on_shipment(dispatch_shipments, noticed), "ShipmentDispatched", ("already_dispatched",)),
    Button("deliver", on_shipment(deliver_shipments, dispatched), "ShipmentDelivered", ("not_on_the_road",)),
    Button("invoice", on_shipment(draft_invoices, dispatched), "InvoiceDrafted", ("already_invoiced",)),
    Button("post", on_invoice(post_invoices), "InvoicePosted", ("already_posted",)),
    Button("drop", on_invoice(drop_drafts), "InvoiceDropped", ("dropped",)),
    Button("complete", completion, "OrderCompleted", ("not_released",)),
    Button("pay", payment, "PaymentTaken", ("already_settled",)),
    Button("apply", application, "PaymentApplied", ("nothing_left",)),
    Button("return_all", return_of_everything, "GoodsReturned", ("more_than_was_shipped",)),
    Button("return", return_of_goods, "GoodsReturned", ("more_than_was_shipped",)),
    Button("credit", credit, "InvoiceDrafted", ("already_credited",)),
)


@transaction.atomic
def events(kind: str) -> int:
    return Event.objects.filter(kind=kind).count()


def press_at_once(shop: Shop, button: Button) -> None:
    stocked(shop, *((product, 100) for product in shop.products))
    press = button.prepare(shop)
    before = events(button.event)
    the_one_done(at_once(shop, [press] * CLIENTS), *button.refusals)
    assert events(button.event) == before + 1


@pytest.mark.parametrize("button", BUTTONS, ids=lambda button: button.name)
def test_of_eight_at_once_one_is_served_and_seven_hear_why_not(shop: Shop, button: Button) -> None:
    press_at_once(shop, button)


@pytest.mark.long
@pytest.mark.parametrize("button", BUTTONS, ids=lambda button: button.name)
def test_ten_rounds_of_eight_at_once_serve_one_each(shop: Shop, button: Button) -> None:
    for _ in range(10):
        press_at_once(shop, button)


def test_a_stock_document_is_booked_once(shop: Shop) -> None:
    press = stock_posting(shop)
    the_one_done(at_once(shop, [press] * CLIENTS), "already_posted")


def test_a_payment_sent_eight_times_with_its_reference_is_taken_once(shop: Shop) -> None:
    draft = PaymentDraft(shop.customer.id, Decimal(50), "bank_transfer", external_ref="the bank's own")
    answers = at_once(shop, [lambda: take_payments(act=shop.act, payments=[draft])] * CLIENTS)
    assert len({outcome.document_id for (outcome,) in answers}) == 1
    with transaction.atomic():
        assert Payment.objects.count() == 1
