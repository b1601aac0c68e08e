"""The buttons of the order page: which state and role has which, what each runs, and that the order then moves on by itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from dinghuo.journey.allocation.operations import allocate_orders
from dinghuo.journey.finance.models import SalesInvoice
from dinghuo.journey.finance.operations import draft_invoices, post_invoices
from dinghuo.journey.ordering.operations import submit_orders
from dinghuo.journey.reactions import run_after, withdraw_orders
from dinghuo.journey.review.operations import review_held_orders, review_orders
from dinghuo.journey.shipping.models import Shipment
from dinghuo.journey.shipping.operations import (
    cancel_shipments,
    deliver_shipments,
    dispatch_shipments,
    make_shipping_notices,
)
from dinghuo.kernel.errors import Malformed, Missing, Outcome
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.access import Member, MemberRequest, page
from dinghuo.reference.acting import perform, perform_all

REASON_MAX: Final = 300


@dataclass(frozen=True, slots=True)
class Action:
    """A button: the permission it needs, the states it is shown in, what it runs, and whether it asks for a reason."""

    name: str
    label: StrOrPromise
    done: StrOrPromise
    needs: str
    states: frozenset[str]
    run: Callable[[Act, int, str], Sequence[Outcome]]
    asks_reason: bool = False
    is_grave: bool = False


def _in(*states: str) -> frozenset[str]:
    return frozenset(states)


ON_ORDERS: Final = (
    Action(
        "order-submit", _("Submit"), _("The order was submitted."), "orders.write", _in("draft"),
        lambda act, key, _reason: submit_orders(act=act, order_ids=[key]),
    ),
    Action(
        "order-review", _("Review"), _("The order was reviewed."), "orders.release", _in("submitted"),
        lambda act, key, _reason: review_orders(act=act, order_ids=[key]),
    ),
    Action(
        "order-review-again", _("Review again"), _("The order was reviewed again."), "orders.release", _in("held"),
        lambda act, key, _reason: review_held_orders(act=act, order_ids=[key]),
    ),
    Action(
        "order-allocate", _("Allocate"), _("Stock was looked for."), "stock.allocate", _in("released"),
        lambda act, key, _reason: allocate_orders(act=act, order_ids=[key]),
    ),
    Action(
        "order-notice", _("Make shipping notice"), _("Shipping notices were made for what is allocated."), "shipments.write",
        _in("released"), lambda act, key, _reason: make_shipping_notices(act=act, order_ids=[key]),
    ),
    Action(
        "order-cancel", _("Cancel order"), _("The order was cancelled."), "orders.write",
        _in("draft", "submitted", "held", "released"),
        lambda act, key, reason: withdraw_orders(act=act, order_ids=[key], reason=reason), asks_reason=True, is_grave=True,
    ),
)  # fmt: skip

ON_SHIPMENTS: Final = (
    Action(
        "shipment-dispatch", _("Dispatch"), _("The goods are on the road."), "shipments.dispatch", _in("notice"),
        lambda act, key, _reason: dispatch_shipments(act=act, shipment_ids=[key]),
    ),
    Action(
        "shipment-deliver", _("Delivered"), _("The delivery was recorded."), "shipments.dispatch", _in("dispatched"),
        lambda act, key, _reason: deliver_shipments(act=act, shipment_ids=[key]),
    ),
    Action(
        "shipment-cancel", _("Cancel notice"), _("The shipping notice was cancelled."), "shipments.write", _in("notice"),
        lambda act, key, reason: cancel_shipments(act=act, shipment_ids=[key], reason=reason), asks_reason=True, is_grave=True,
    ),
    Action(
        "shipment-invoice", _("Draft invoice"), _("The invoice was drafted."), "invoices.write", _in("dispatched", "delivered"),
        lambda act, key, _reason: draft_invoices(act=act, shipment_ids=[key]),
    ),
)  # fmt: skip

ON_INVOICES: Final = (
    Action(
        "invoice-post", _("Post"), _("The document was posted."), "invoices.post", _in("draft"),
        lambda act, key, _reason: post_invoices(act=act, invoice_ids=[key]),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SetAction:
    """A button that runs an operation on everything that is ready, and the list that it goes back to."""

    name: str
    needs: str
    page: str
    address: str
    run: Callable[..., Sequence[Outcome]]


ON_SETS: Final = (
    SetAction("shipping-dispatch-due", "shipments.dispatch", "shipping", "shipping/dispatch-due/", dispatch_shipments),
    SetAction("shipping-deliver-expected", "shipments.dispatch", "shipping", "shipping/deliver-expected/", deliver_shipments),
    SetAction("finance-post-drafts", "invoices.post", "finance", "finance/post-drafts/", post_invoices),
)


def open_to(actions: Sequence[Action], state: str, member: Member) -> list[Action]:
    """The actions that a document's state and the member's roles leave."""
    return [action for action in actions if state in action.states and member.may(action.needs)]


def addresses() -> list[URLPattern]:
    """The address of every button."""
    return [
        *(path(action.address, on_set(action), name=action.name) for action in ON_SETS),
        *(path(f"orders/<id:key>/{word(action)}/", on_order(action), name=action.name) for action in ON_ORDERS),
        *(path(f"shipping/<id:key>/{word(action)}/", on_part(action, Shipment), name=action.name) for action in ON_SHIPMENTS),
        *(
            path(f"finance/invoices/<id:key>/{word(action)}/", on_part(action, SalesInvoice), name=action.name)
            for action in ON_INVOICES
        ),
    ]


def on_set(action: SetAction) -> Callable[..., HttpResponse]:
    """The view that runs an action on all that is ready and goes back to its list; the worker moves on what came of it."""

    @page(needs=action.needs, methods=["POST"])
    def view(request: MemberRequest) -> HttpResponse:
        perform_all(request, action.run)
        return redirect(action.page)

    return view


def word(action: Action) -> str:
    """The last part of an action's address: `order-review-again` is reached as `review-again`."""
    return action.name.partition("-")[2]


def on_order(action: Action) -> Callable[..., HttpResponse]:
    """The view that runs an action on an order and goes back to its page."""

    @page(needs=action.needs, methods=["POST"])
    def view(request: MemberRequest, key: int) -> HttpResponse:
        run(request, action, key, order_id=key)
        return redirect("order", key)

    return view


def on_part(action: Action, model: type[Shipment] | type[SalesInvoice]) -> Callable[..., HttpResponse]:
    """The view that runs an action on a document of an order and goes back to the order's page."""

    @page(needs=action.needs, methods=["POST"])
    def view(request: MemberRequest, key: int) -> HttpResponse:
        order_id = order_of(request.act, model, key)
        run(request, action, key, order_id=order_id)
        return redirect("order", order_id) if order_id else redirect("invoice", key)

    return view


@transaction.atomic
def order_of(act: Act, model: type[Shipment] | type[SalesInvoice], key: int) -> int | None:
    """The order that a document belongs to, if any; raises Missing when there is no such document here."""
    document = model.objects.filter(company_id=act.company_id, id=key).first()
    if document is None:
        raise Missing("There is no such document.", id=key)
    return document.order_id


def run(request: MemberRequest, action: Action, key: int, *, order_id: int | None) -> None:
    """Run an action once, tell what came of it, and let the order move on as far as it goes by itself."""
    reason = request.POST.get("reason", "").replace("\x00", "").strip()
    if action.asks_reason and not 1 <= len(reason) <= REASON_MAX:
        raise Malformed("A reason has between 1 and 300 characters.", code="reason_missing", max=REASON_MAX)

    def operation(*, act: Act) -> Sequence[Outcome]:
        return action.run(act, key, reason)

    done = perform(request, operation, done=action.done)
    if done is not None and order_id is not None:
        run_after(act=request.act, order_ids=[order_id])
