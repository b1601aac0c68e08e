"""The list of orders, and the page of one: what all stages know about it."""

from datetime import date
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render

from dinghuo.journey.ordering.models import OrderState
from dinghuo.journey.review.queue import QuestionsWanted, questions
from dinghuo.kernel.errors import Missing
from dinghuo.reference.access import Member, MemberRequest, page
from dinghuo.reference.paging import (
    ID_MAX,
    PAGE,
    asked,
    day_cursor,
    page_of,
    read_day,
    read_day_cursor,
    read_id,
)
from dinghuo.reference.queries import customer_ids_matching
from dinghuo.web import queries
from dinghuo.web.actions import ON_INVOICES, ON_ORDERS, ON_SHIPMENTS, Action, open_to
from dinghuo.web.queries import Search, ShipmentOfOrder

LINES_SHOWN: Final = 200
EVENTS_SHOWN: Final = 200
QUESTIONS_SHOWN: Final = 100
NARROWING: Final = ("state", "issue", "customer", "product", "number", "from", "until")


@page(needs="orders.read")
def orders(request: MemberRequest) -> HttpResponse:
    """The orders, latest first, by state, trouble, customer, number and day."""
    search = search_of(request)
    rows = queries.orders(request.act, search, count=PAGE + 1)
    context = {
        "page": page_of(rows, lambda row: day_cursor(row.ordered_on, row.id)),
        "states": OrderState.choices,
        "asked": {name: asked(request, name) for name in NARROWING},
        "is_narrowed": any(asked(request, name) for name in NARROWING),
    }
    return render(request, "orders/list.html", context)


def search_of(request: MemberRequest) -> Search:
    """What the list's form asks for; what makes no sense is left out."""
    state, issue = asked(request, "state"), asked(request, "issue")
    states = [state] if state in OrderState.values else OrderState.values
    return Search(
        states=[OrderState.HELD.value] if issue == "held" else states,
        issue=issue if issue in {"short", "waited", "overdue"} else "",
        customer_ids=customer_ids_matching(company_id=request.act.company_id, wanted=asked(request, "customer")),
        reference=asked(request, "number"),
        product=asked(request, "product"),
        ordered_from=read_day(asked(request, "from")) or date.min,
        ordered_until=read_day(asked(request, "until")) or date.max,
        before=read_day_cursor(asked(request, "after"), (date.max, ID_MAX)),
    )


@page(needs="orders.read")
def order(request: MemberRequest, order_id: int) -> HttpResponse:
    """One order: how far each line has come, why it waits, what belongs to it, and what may be done now."""
    head = queries.order(request.act, order_id)
    if head is None:
        raise Missing("There is no such order.", id=order_id)
    context = {
        "order": head,
        "actions": open_to(ON_ORDERS, head.state, request.membership),
        "findings": queries.findings(request.act, order_id),
        "questions": questions(request.act, QuestionsWanted(order_id=order_id), after_id=0, count=QUESTIONS_SHOWN),
        **whole_order(request, order_id),
    }
    if request.membership.may("invoices.read"):
        invoices = queries.invoices(request.act, order_id)
        buttons = [open_to(ON_INVOICES, invoice.state, request.membership) for invoice in invoices]
        context |= {"invoices": list(zip(invoices, buttons, strict=True)), "payments": queries.payments(request.act, order_id)}
    return render(request, "orders/order.html", context)


def whole_order(request: MemberRequest, order_id: int) -> dict[str, Any]:
    """An order's lines and events, by the page, with its charges, shipments and feedback."""
    after_position = read_id(asked(request, "line"), 0) or 0
    shipments = queries.shipments(request.act, order_id)
    lines = queries.order_lines(request.act, order_id, after_position=min(after_position, 10**6), count=LINES_SHOWN + 1)
    after_event = read_id(asked(request, "event"), 0) or 0
    events = queries.timeline(request.act, order_id, after_id=after_event, count=EVENTS_SHOWN + 1)
    return {
        "lines": page_of(lines, lambda line: str(line.position), LINES_SHOWN),
        "charges": queries.charges(request.act, order_id),
        "shipments": [(shipment, shipment_buttons(shipment, request.membership)) for shipment in shipments],
        "events": page_of(events, lambda event: str(event.id), EVENTS_SHOWN),
        "feedback": queries.feedback(request.act, order_id),
    }


def shipment_buttons(shipment: ShipmentOfOrder, member: Member) -> list[Action]:
    """The buttons of a shipment, for the member who looks; what is invoiced is not offered to be invoiced again."""
    buttons = open_to(ON_SHIPMENTS, shipment.state, member)
    return [action for action in buttons if action.name != "shipment-invoice" or shipment.invoice_id is None]
