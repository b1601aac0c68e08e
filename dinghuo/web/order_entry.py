"""Entering an order on a page, line by line or from a spreadsheet, and changing one that was entered."""

import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dinghuo.journey.ordering.operations import amend_order, enter_orders, submit_orders
from dinghuo.journey.ordering.rules import LINES_MAX, Amendment, OrderDraft, fault_in_price, fault_in_quantity
from dinghuo.journey.reactions import run_after
from dinghuo.kernel.errors import Missing, Outcome, Refused, the_only
from dinghuo.kernel.retries import with_retries
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.access import MemberRequest, page
from dinghuo.reference.models import Customer, Warehouse
from dinghuo.reference.paging import asked, read_day, read_id
from dinghuo.reference.queries import products_by_code
from dinghuo.reference.typed_text import cleaned, number
from dinghuo.web import order_form, queries, words
from dinghuo.web.order_form import TypedLine, TypedOrder
from dinghuo.web.prices import agreed_prices

EMPTY_ROWS: Final = 5


@page(needs="orders.write", methods=["GET", "POST"])
def new_order(request: MemberRequest) -> HttpResponse:
    """The form for a new order; sent, it enters the order, and submits it unless it is to stay a draft."""
    if request.method != "POST":
        wanted = read_id(asked(request, "customer"))
        customer = Customer.objects.filter(company_id=request.act.company_id, id=wanted).first() if wanted else None
        typed = TypedOrder(token=str(uuid.uuid4()))
        if customer:
            show_customer(typed, customer)
        return form(request, typed)
    typed = order_form.read(request.POST)
    draft = draft_of(request.act, typed)
    entered = None if draft is None else enter(request, typed, draft)
    if entered is None:
        return form(request, typed, status=422)
    return redirect("order", entered)


def enter(request: MemberRequest, typed: TypedOrder, draft: OrderDraft) -> int | None:
    """Enter the order and hand it on; None when it was refused, with the reason written into the form."""
    (outcome,) = with_retries(enter_orders, act=request.act, drafts=[draft])
    if not outcome.done or outcome.document_id is None:
        note_refusal(typed, outcome)
        return None
    if request.POST.get("stay") == "draft":
        messages.success(request, _("The draft was saved."))
        return outcome.document_id
    with_retries(submit_orders, act=request.act, order_ids=[outcome.document_id])
    run_after(act=request.act, order_ids=[outcome.document_id])
    messages.success(request, _("The order was entered and submitted."))
    return outcome.document_id


def note_refusal(typed: TypedOrder, outcome: Outcome) -> None:
    """Write an operation's refusal into the form, at its line where it names one."""
    line = outcome.facts.get("line")
    text = words.refusal(outcome.code, outcome.facts)
    if isinstance(line, int) and 1 <= line <= len(typed.lines):
        typed.lines[line - 1].fault = text
    else:
        typed.faults.append(text)


@transaction.atomic
def draft_of(act: Act, typed: TypedOrder) -> OrderDraft | None:
    """The order that the form asks for, or None when something in it is wrong: then the form says what."""
    customer_id = customer_of(act, typed)
    warehouse_id = read_id(typed.warehouse)
    if customer_id is None:
        typed.faults.append(_("Which customer? Choose one from the list, or type its code."))
    if warehouse_id is None or not Warehouse.objects.filter(company_id=act.company_id, id=warehouse_id).exists():
        typed.faults.append(_("Which warehouse?"))
    requested_on = read_day(typed.requested_on)
    if typed.requested_on and requested_on is None:
        typed.faults.append(_("The requested day is no date."))
    look_up(act, typed.lines, customer_id)
    lines = order_form.drafts(typed.lines)
    if not typed.lines:
        typed.faults.append(_("An order needs at least one line."))
    if len(typed.lines) > LINES_MAX:
        typed.faults.append(_("An order has at most %(max)s lines; these are %(n)s.") % {"max": LINES_MAX, "n": len(typed.lines)})
    if typed.is_faulty or customer_id is None or warehouse_id is None:
        return None
    return OrderDraft(
        customer_id=customer_id,
        warehouse_id=warehouse_id,
        lines=lines,
        customer_po=typed.customer_po,
        requested_on=requested_on,
        ship_to_name=typed.ship_to_name,
        ship_to_address=typed.ship_to_address,
        ship_to_city=typed.ship_to_city,
        # The form's own key: sent twice, it enters one order.
        external_ref=f"page:{typed.token}" if typed.token else None,
    )


def customer_of(act: Act, typed: TypedOrder) -> int | None:
    """The customer that was chosen, or whose code was typed; the chosen one's code is shown again."""
    ours = Customer.objects.filter(company_id=act.company_id)
    chosen = ours.filter(id=read_id(typed.customer) or 0).first()
    found = chosen or ours.filter(code=typed.customer_text).first() if typed.customer_text else chosen
    if found is None:
        typed.customer = ""
        return None
    show_customer(typed, found)
    return found.pk


def show_customer(typed: TypedOrder, customer: Customer) -> None:
    """Write the customer into the form: its id, its code, and its name to look at."""
    typed.customer, typed.customer_text, typed.customer_name = str(customer.pk), customer.code, words.name(customer)


def look_up(act: Act, lines: Sequence[TypedLine], customer_id: int | None) -> None:
    """Find the products that the rows name, and what the customer pays for them."""
    found = products_by_code(company_id=act.company_id, codes=[row.code for row in lines if row.code])
    agreed = agreed_prices(act, customer_id, [product.id for product in found.values()])
    for row in lines:
        row.product = found.get(row.code)
        row.agreed = agreed.get(row.product.id) if row.product else None


def form(request: MemberRequest, typed: TypedOrder, *, status: int = 200) -> HttpResponse:
    """The form with what was typed, and some empty rows below."""
    with transaction.atomic():
        warehouses = list(Warehouse.objects.filter(company_id=request.act.company_id, is_active=True).order_by("priority", "id"))
    context = {
        "typed": typed,
        "rows": [*typed.lines, *(TypedLine() for _row in range(EMPTY_ROWS))],
        "warehouses": warehouses,
        "lines_max": LINES_MAX,
    }
    return render(request, "orders/new.html", context, status=status)


@page(needs="orders.write")
def line_facts(request: MemberRequest) -> HttpResponse:
    """What a typed product code names, and the price that the chosen customer pays: the cell beside the code."""
    row = TypedLine(code=cleaned(asked(request, "product"), order_form.CODE_MAX))
    look_up(request.act, [row], read_id(asked(request, "customer")))
    return render(request, "orders/_line_facts.html", {"row": row})


@page(needs="orders.write", methods=["POST"])
def pasted_lines(request: MemberRequest) -> HttpResponse:
    """Rows for what was pasted from a spreadsheet, with names, agreed prices and faults."""
    rows = order_form.pasted(request.POST.get("text", ""))
    with transaction.atomic():
        look_up(request.act, rows, read_id(request.POST.get("customer", "")))
    order_form.drafts(rows)
    return render(request, "orders/_rows.html", {"rows": rows})


@page(needs="orders.write", methods=["GET", "POST"])
def amend(request: MemberRequest, order_id: int) -> HttpResponse:
    """The form that changes an order's quantities and prices and adds lines; 0 takes a line out."""
    head, lines = order_now(request.act, order_id)
    if request.method != "POST":
        return amendment_form(request, head, lines, TypedOrder())
    typed = order_form.read(request.POST)
    amendment = amendment_of(request, typed, lines)
    if amendment is None:
        return amendment_form(request, head, lines, typed, status=422)
    try:
        the_only([with_retries(amend_order, act=request.act, order_id=order_id, amendment=amendment)])
    except Missing:
        raise
    except Refused as refusal:
        typed.faults.append(words.refusal(refusal.reason, refusal.facts))
        return amendment_form(request, head, lines, typed, status=refusal.status)
    run_after(act=request.act, order_ids=[order_id])
    messages.success(request, _("The order was changed."))
    return redirect("order", order_id)


@transaction.atomic
def order_now(act: Act, order_id: int) -> tuple[queries.OrderHead, list[queries.OrderLine]]:
    """An order and all its lines; raises Missing."""
    head = queries.order(act, order_id)
    if head is None:
        raise Missing("There is no such order.", id=order_id)
    return head, queries.order_lines(act, order_id, after_position=0, count=LINES_MAX)


def amendment_of(request: MemberRequest, typed: TypedOrder, lines: Sequence[queries.OrderLine]) -> Amendment | None:
    """The change that the form asks for, or None when something in it is wrong; what stays as it was is left out."""
    with transaction.atomic():
        look_up(request.act, typed.lines, read_id(typed.customer))
    added = order_form.drafts(typed.lines)
    quantities = changed(request.POST, "quantity", {line.id: line.ordered for line in lines}, typed)
    prices = changed(request.POST, "price", {line.id: line.unit_price for line in lines}, typed)
    if not typed.reason:
        typed.faults.append(_("Why is the order changed? The reason goes into its record."))
    if not (quantities or prices or added or typed.is_faulty):
        typed.faults.append(_("Nothing was changed."))
    if typed.is_faulty:
        return None
    version = read_id(request.POST.get("version", ""), 0) or 0
    return Amendment(version=version, quantities=quantities, prices=prices, added=added, reason=typed.reason)


def changed(posted: Mapping[str, Any], column: str, before: Mapping[int, Decimal], typed: TypedOrder) -> dict[int, Decimal]:
    """The values of a column that differ from what the order holds, by line; a text that is no such number is a fault."""
    found = {}
    for line_id, held in before.items():
        text = cleaned(str(posted.get(f"{column}-{line_id}", "")), order_form.NUMBER_MAX)
        value = number(text) if text else held
        is_wrong = value is None or (fault_in_price(value) if column == "price" else value != 0 and fault_in_quantity(value))
        if is_wrong:
            typed.faults.append(_("“%(text)s” cannot be a quantity or price.") % {"text": text})
        elif value is not None and value != held:
            found[line_id] = value
    return found


def amendment_form(
    request: MemberRequest, head: queries.OrderHead, lines: Sequence[queries.OrderLine], typed: TypedOrder, *, status: int = 200
) -> HttpResponse:
    """The form with what was typed, else with what the order holds."""
    context = {
        "order": head,
        "lines": [(line, request.POST.get(f"quantity-{line.id}"), request.POST.get(f"price-{line.id}")) for line in lines],
        "typed": typed,
        "version": request.POST.get("version") or head.version,
        "rows": [*typed.lines, TypedLine(), TypedLine()],
    }
    return render(request, "orders/amend.html", context, status=status)
