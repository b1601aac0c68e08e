"""The customer's own pages: its orders, where the goods are, what is owed, and what it has to say."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dinghuo.journey.finance import lists
from dinghuo.journey.ordering.models import OrderState
from dinghuo.journey.review.queue import QuestionsWanted, questions
from dinghuo.journey.tracking.operations import leave_feedback
from dinghuo.kernel.errors import Missing
from dinghuo.reference.access import MemberRequest, page
from dinghuo.reference.acting import perform
from dinghuo.reference.paging import ID_MAX, PAGE, asked, day_cursor, page_of, read_day_cursor, read_id
from dinghuo.web import queries
from dinghuo.web.orders import QUESTIONS_SHOWN, whole_order
from dinghuo.web.queries import Search

# What a customer is told of an order's way: nothing of credit, stock levels, costs or who decided what.
TOLD = frozenset({
    "OrderEntered", "OrderSubmitted", "OrderReleased", "OrderCancelled", "OrderAmended", "ShipmentNoticed", "ShipmentDispatched",
    "ShipmentDelivered", "InvoicePosted", "CreditNotePosted", "PaymentApplied", "PromiseMade", "FeedbackLeft", "FeedbackAnswered",
    "GoodsReturned", "CustomerAsked", "CustomerAnswered", "ArrivalMoved",
})  # fmt: skip

# A draft is not an order yet, only somebody's notes.
SHOWN = sorted(set(OrderState.values) - {OrderState.DRAFT.value})


def own_customer(request: MemberRequest) -> int:
    """The customer whose documents the member may see; raises Missing for a member who is no customer's."""
    customer_id = request.membership.customer_id
    if customer_id is None:
        raise Missing("There is no such customer.")
    return customer_id


@page(needs="portal.read")
def portal(request: MemberRequest) -> HttpResponse:
    """The customer's orders, latest first."""
    search = Search(
        states=SHOWN,
        customer_ids=[own_customer(request)],
        reference=asked(request, "number"),
        before=read_day_cursor(asked(request, "after"), (date.max, ID_MAX)),
    )
    rows = queries.orders(request.act, search, count=PAGE + 1)
    context = {"page": page_of(rows, lambda row: day_cursor(row.ordered_on, row.id)), "number": asked(request, "number")}
    return render(request, "portal/list.html", context)


@page(needs="portal.read")
def portal_order(request: MemberRequest, order_id: int) -> HttpResponse:
    """One of the customer's orders: its lines, shipments, invoices and what happened."""
    return order_page(request, order_id)


def order_page(request: MemberRequest, order_id: int, **typed: Any) -> HttpResponse:
    """The order's page, with a feedback that was typed and refused, if there is one."""
    head = queries.order(request.act, order_id, customer_id=own_customer(request))
    if head is None or head.state not in SHOWN:
        raise Missing("There is no such order.", id=order_id)
    whole = whole_order(request, order_id)
    events = [replace(event, facts=told(event.facts)) for event in whole["events"].rows if event.kind in TOLD]
    invoices = [(invoice, ()) for invoice in queries.invoices(request.act, order_id) if invoice.state == "posted"]
    may_rate = whole["feedback"] is None and any(shipment.state == "delivered" for shipment, _buttons in whole["shipments"])
    wanted = QuestionsWanted(order_id=order_id, customer_id=own_customer(request))
    whole["questions"] = questions(request.act, wanted, after_id=0, count=QUESTIONS_SHOWN)
    context = {"order": head, **whole, "told": events, "invoices": invoices, "may_rate": may_rate, **typed}
    return render(request, "portal/order.html", context)


def told(facts: Mapping[str, Any]) -> dict[str, Any]:
    """An event's facts without what staff wrote for each other."""
    return {name: fact for name, fact in facts.items() if name not in {"reason", "rules"}}


@page(needs="portal.read")
def portal_invoice(request: MemberRequest, invoice_id: int) -> HttpResponse:
    """One of the customer's posted invoices or credit notes."""
    head = lists.invoice(company_id=request.act.company_id, invoice_id=invoice_id, customer_id=own_customer(request))
    if head is None:
        raise Missing("There is no such invoice.", id=invoice_id)
    lines = lists.invoice_lines(company_id=request.act.company_id, invoice_id=invoice_id)
    return render(request, "finance/invoice.html", {"invoice": head, "lines": lines, "is_portal": True})


@page(needs="portal.write", methods=["POST"])
def leave(request: MemberRequest, order_id: int) -> HttpResponse:
    """Rate a delivered order and comment on it."""
    comment = request.POST.get("comment", "").replace("\x00", "").strip()
    outcome = perform(
        request,
        leave_feedback,
        done=_("Thank you. We read every answer."),
        order_id=order_id,
        customer_id=own_customer(request),
        rating=read_id(request.POST.get("rating", ""), 0) or 0,
        comment=comment,
    )
    if outcome is None:
        with transaction.atomic():
            return order_page(request, order_id, typed_comment=comment, typed_rating=request.POST.get("rating", ""))
    return redirect("portal-order", order_id)
