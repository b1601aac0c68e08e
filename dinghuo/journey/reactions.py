"""When this has happened, run that: the only wiring between stages.

Each line of `REACTIONS` names the events that make work ready, the operation that does it, and the company's setting that lets
it run by itself. The worker and `dinghuo advance` run the lines over all that is ready; a page or an API call runs them on its
own orders at once. Every operation finds its own work, so running a line too often does nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction

from dinghuo.journey.allocation.operations import allocate_orders, give_back
from dinghuo.journey.allocation.operations.holds import expire_holds
from dinghuo.journey.allocation.operations.promises import promise_lines
from dinghuo.journey.allocation.operations.shortages import propose
from dinghuo.journey.allocation.operations.supplies import peg_backorders
from dinghuo.journey.allocation.operations.working import work_on_runs
from dinghuo.journey.finance.models import InvoiceState, SalesInvoice
from dinghuo.journey.finance.operations import (
    apply_payments,
    complete_orders,
    draft_credit_notes,
    draft_invoices,
    post_invoices,
    post_stock_documents,
)
from dinghuo.journey.ordering.models import OrderState, SalesOrder
from dinghuo.journey.ordering.operations import cancel_orders, lock_orders
from dinghuo.journey.review.operations import escalate_overdue, hold_orders, review_held_orders, review_orders
from dinghuo.journey.shipping.models import Shipment, ShipmentState
from dinghuo.journey.shipping.operations import cancel_shipments, claim_events, make_shipping_notices
from dinghuo.journey.tracking.operations import make_promises, notify_customers
from dinghuo.kernel import sql, states
from dinghuo.kernel.errors import Outcome
from dinghuo.kernel.models import Event
from dinghuo.kernel.retries import with_retries
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company

PASSES_MAX = 10


@dataclass(frozen=True, slots=True)
class Reaction:
    """One line of the table: `orders` runs it on named orders, `ready` on all that is ready."""

    name: str
    after: tuple[str, ...]
    ready: Callable[[Act], list[Outcome]]
    orders: Callable[[Act, Sequence[int]], list[Outcome]]
    setting: str | None = None


@dataclass(frozen=True, slots=True)
class ShipmentOf:
    """A shipment of an order."""

    id: int
    order_id: int
    state: str


@transaction.atomic
def invoices_of(act: Act, order_ids: Sequence[int]) -> list[Outcome]:
    """Post the drafts of some orders."""
    drafts = SalesInvoice.objects.filter(company_id=act.company_id, order_id__in=order_ids, state=InvoiceState.DRAFT)
    ids = list(drafts.order_by("id").values_list("id", flat=True))
    return post_invoices(act=act, invoice_ids=ids) if ids else []


@transaction.atomic
def drafts_of(act: Act, order_ids: Sequence[int]) -> list[Outcome]:
    """Draft the invoices of some orders' shipments that have left."""
    on_road = [ShipmentState.DISPATCHED, ShipmentState.DELIVERED]
    shipments = Shipment.objects.filter(company_id=act.company_id, order_id__in=order_ids, state__in=on_road)
    ids = list(shipments.order_by("id").values_list("id", flat=True))
    return draft_invoices(act=act, shipment_ids=ids) if ids else []


REACTIONS = (
    Reaction(
        "review",
        ("OrderSubmitted", "OrderAmended"),
        lambda act: review_orders(act=act),
        lambda act, ids: review_orders(act=act, order_ids=ids),
        "auto_release",
    ),
    Reaction(
        "review_again",
        (
            *("PaymentTaken", "PaymentApplied", "CreditNotePosted", "DisputeOpened", "DisputeClosed"),
            *("CustomerChanged", "ProductChanged", "RuleInForce", "RuleRetired", "OrderCancelled"),
        ),
        lambda act: review_held_orders(act=act),
        lambda _act, _ids: [],
        "auto_release",
    ),
    Reaction("free_holds", (), lambda act: expire_holds(act=act), lambda _act, _ids: []),
    Reaction("escalate", (), lambda act: escalate_overdue(act=act), lambda _act, _ids: []),
    Reaction("policies", (), lambda act: work_on_runs(act=act), lambda _act, _ids: []),
    Reaction(
        "allocate",
        (
            "OrderReleased",
            "HoldLifted",
            "StockReceived",
            "StockAdjusted",
            "AllocationGivenBack",
            "GoodsReturned",
            "TransferArrived",
            "TransferClosed",
            "TransferCancelled",
        ),
        lambda act: allocate_orders(act=act),
        lambda act, ids: allocate_orders(act=act, order_ids=ids),
        "auto_allocate",
    ),
    Reaction(
        "promise_lines",
        ("OrderSubmitted", "OrderAmended", "LineShort"),
        lambda act: promise_lines(act=act),
        lambda act, ids: promise_lines(act=act, order_ids=ids),
    ),
    Reaction("peg", ("LineShort", "StockReceived"), lambda act: peg_backorders(act=act), lambda _act, _ids: []),
    Reaction("propose", ("LineShort",), lambda act: propose(act=act), lambda _act, _ids: []),
    Reaction(
        "notice",
        ("StockAllocated",),
        lambda act: make_shipping_notices(act=act),
        lambda act, ids: make_shipping_notices(act=act, order_ids=ids),
        "auto_notice",
    ),
    Reaction(
        "claim",
        ("TrackingNumberKnown",),
        lambda act: claim_events(act=act),
        lambda act, _ids: claim_events(act=act),
    ),
    Reaction(
        "promise",
        ("ShipmentNoticed", "ShipmentCancelled", "ArrivalMoved"),
        lambda act: make_promises(act=act),
        lambda act, ids: make_promises(act=act, order_ids=ids),
    ),
    Reaction(
        "post_stock",
        ("StockReceived", "StockAdjusted", "ShipmentDispatched", "GoodsReturned"),
        lambda act: post_stock_documents(act=act),
        lambda act, _ids: post_stock_documents(act=act),
    ),
    Reaction("invoice", ("ShipmentDispatched",), lambda act: draft_invoices(act=act), drafts_of, "auto_invoice"),
    Reaction("credit", ("GoodsReturned",), lambda act: draft_credit_notes(act=act), lambda _act, _ids: [], "auto_invoice"),
    Reaction("post", ("InvoiceDrafted",), lambda act: post_invoices(act=act), invoices_of, "finance_posts"),
    Reaction(
        "settle",
        ("InvoicePosted", "CreditNotePosted", "PaymentTaken"),
        lambda act: apply_payments(act=act),
        lambda _act, _ids: [],
    ),
    Reaction(
        "complete",
        ("InvoicePosted",),
        lambda act: complete_orders(act=act),
        lambda act, ids: complete_orders(act=act, order_ids=ids),
    ),
    Reaction(
        "tell",
        (
            "OrderReleased",
            "LineShort",
            "ShipmentDispatched",
            "ArrivalMoved",
            "ShipmentDelivered",
            "InvoicePosted",
            "PromiseMoved",
            "CustomerAsked",
        ),
        lambda act: notify_customers(act=act),
        lambda act, ids: notify_customers(act=act, order_ids=ids),
    ),
)


def allowed(company: Company, reaction: Reaction) -> bool:
    """Whether the company lets this step run by itself; drafts post by themselves unless finance confirms them."""
    if reaction.setting is None:
        return True
    if reaction.setting == "finance_posts":
        return not company.finance_confirms
    return bool(getattr(company, reaction.setting))


def run_after(*, act: Act, order_ids: Sequence[int]) -> None:
    """Move some orders as far as they go by themselves, each step in its own transaction."""
    company = Company.objects.get(id=act.company_id)
    for reaction in REACTIONS:
        if allowed(company, reaction):
            with_retries(reaction.orders, act, order_ids)


def run_ready(*, act: Act, only: Sequence[str] = ()) -> dict[str, int]:
    """Run every line once over all that is ready; returns how many items each line did."""
    company = Company.objects.get(id=act.company_id)
    done = {}
    for reaction in REACTIONS:
        if allowed(company, reaction) and (not only or reaction.name in only):
            outcomes = with_retries(reaction.ready, act)
            done[reaction.name] = sum(1 for outcome in outcomes if outcome.done)
    return done


def advance(*, act: Act, report: Callable[[dict[str, int]], None] | None = None) -> int:
    """Run the conveyor until a pass records nothing new; returns how many passes it took.

    `report` is told what each pass did. Goods leave and arrive by a person's or carrier's word: dispatch and delivery are no part.
    """
    for number in range(1, PASSES_MAX + 1):
        before = newest_event(act)
        done = run_ready(act=act)
        if report is not None:
            report(done)
        if newest_event(act) == before:
            return number
    return PASSES_MAX


@transaction.atomic
def newest_event(act: Act) -> int:
    """The number of the newest event of the company, 0 before the first."""
    newest = Event.objects.filter(company_id=act.company_id).order_by("-id").values_list("id", flat=True).first()
    return newest or 0


@transaction.atomic
def withdraw_orders(*, act: Act, order_ids: Sequence[int], reason: str) -> list[Outcome]:
    """Cancel orders that have not left yet: their notices are cancelled, their stock goes back, then they are cancelled.

    An order of which something has left is refused with `stock_is_allocated` or by its state, and keeps what it has.
    """
    wanted = sorted(set(order_ids))
    # Orders come before shipments in the order of locks, and a notice being made right now must be seen below.
    orders = lock_orders(company_id=act.company_id, order_ids=wanted, ready_in=())
    free_stock(act, [order.id for order in orders if order.state in states.sources(SalesOrder, OrderState.CANCELLED)], reason)
    # Those that keep what they have are refused here, with the reason that holds for them.
    return cancel_orders(act=act, order_ids=wanted, reason=reason)


@transaction.atomic
def hold_back_orders(*, act: Act, order_ids: Sequence[int], reason_code: str, reason: str) -> list[Outcome]:
    """Undo the release of orders that have not left: notices are cancelled, stock goes back, the orders wait again.

    An order of which something has left is refused with `already_under_way`, and keeps what it has.
    """
    wanted = sorted(set(order_ids))
    orders = lock_orders(company_id=act.company_id, order_ids=wanted, ready_in=())
    savepoint = transaction.savepoint()
    free_stock(act, [order.id for order in orders if order.state == OrderState.RELEASED], reason)
    outcomes = hold_orders(act=act, order_ids=wanted, reason_code=reason_code, reason=reason)
    # Where nothing could be held, for want of a reason above all, no stock has been freed either.
    finish = transaction.savepoint_commit if any(row.done for row in outcomes) else transaction.savepoint_rollback
    finish(savepoint)
    return outcomes


def free_stock(act: Act, order_ids: Sequence[int], reason: str) -> None:
    """Cancel the notices of orders of which nothing has left, and give back the stock that they were given."""
    shipments = sql.rows("journey/shipments_of_orders", ShipmentOf, company_id=act.company_id, order_ids=list(order_ids))
    has_left = {row.order_id for row in shipments if row.state != ShipmentState.NOTICE}
    notices = [row.id for row in shipments if row.order_id not in has_left]
    if notices:
        cancel_shipments(act=act, shipment_ids=notices, reason=reason)
    give_back(act=act, order_ids=[key for key in order_ids if key not in has_left])
