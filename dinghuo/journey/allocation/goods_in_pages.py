"""The pages of goods that come in: what is expected, news of it, and receipts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dinghuo.journey.allocation import goods_form, lists
from dinghuo.journey.allocation.goods_form import Fault, Field, GoodsForm, TypedForm
from dinghuo.journey.allocation.lists import DAY_MIN, PromisedRow, SupplyRow, SupplySearch
from dinghuo.journey.allocation.operations import expect_supply, receive_stock
from dinghuo.journey.allocation.operations.supplies import change_supplies
from dinghuo.journey.allocation.rules import Receipt, Supply
from dinghuo.journey.allocation.rules.keeping import SupplyChange
from dinghuo.kernel.errors import Missing, Outcome, Refused, the_only
from dinghuo.kernel.retries import with_retries
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.access import MemberRequest, page
from dinghuo.reference.models import Product, Warehouse
from dinghuo.reference.paging import PAGE, asked, day_cursor, page_of, read_day, read_day_cursor, read_id
from dinghuo.reference.typed_text import cleaned, number

DUE_MAX: Final = 200

RECEIVE: Final = GoodsForm(
    title=gettext_lazy("Receive goods"),
    send=gettext_lazy("Receive"),
    done=gettext_lazy("The goods are in stock."),
    tab="supplies",
    intro=gettext_lazy("All lines are taken in, or none. Without a cost, the product's standard cost is used."),
    head=(
        Field("warehouse", gettext_lazy("Warehouse"), "warehouse", is_required=True),
        Field("received_on", gettext_lazy("Came on"), "day", is_required=True),
        Field("reason", gettext_lazy("Note"), most=200, hint=gettext_lazy("For example the number of the delivery note")),
    ),
    columns=(
        Field("product", gettext_lazy("Product code or name"), "product", is_required=True),
        Field("quantity", gettext_lazy("Quantity"), "quantity", is_required=True),
        Field("unit_cost", gettext_lazy("Cost of one"), "price"),
        Field("lot", gettext_lazy("Lot"), "new_lot"),
        Field("expires_on", gettext_lazy("Expires on"), "day"),
        Field("supply", "", "hidden"),
    ),
)
EXPECT: Final = GoodsForm(
    title=gettext_lazy("Expect goods"),
    send=gettext_lazy("Write down"),
    done=gettext_lazy("The goods are expected."),
    tab="supplies",
    intro=gettext_lazy("Promises to customers count on what is written down here."),
    head=(
        Field("warehouse", gettext_lazy("Warehouse"), "warehouse", is_required=True),
        Field("expected_on", gettext_lazy("Expected on"), "day", is_required=True),
        Field("reference", gettext_lazy("Purchase order"), most=80),
    ),
    columns=(
        Field("product", gettext_lazy("Product code or name"), "product", is_required=True),
        Field("quantity", gettext_lazy("Quantity"), "quantity", is_required=True),
        Field("unit_cost", gettext_lazy("Cost of one"), "price"),
    ),
)


@dataclass(frozen=True, slots=True)
class MovedPromise:
    """A line whose promised day would move, and to when; None stands for no day known."""

    line: PromisedRow
    promised_on: date | None


class Tried(Exception):
    """Ends a transaction whose work was only to be looked at."""


@page(needs="stock.read")
def supplies(request: MemberRequest) -> HttpResponse:
    """Goods on their way in, the first to come first."""
    search = SupplySearch(
        wanted=asked(request, "q"),
        warehouse_id=read_id(asked(request, "warehouse")),
        only_open=asked(request, "all") != "1",
        after=read_day_cursor(asked(request, "after"), (DAY_MIN, 0)),
    )
    rows = lists.supplies(company_id=request.act.company_id, search=search, count=PAGE + 1)
    context = {
        "page": page_of(rows, lambda row: day_cursor(row.expected_on, row.id)),
        "search": search,
        "today": request.act.on,
        "warehouses": Warehouse.objects.filter(company_id=request.act.company_id).order_by("priority", "id"),
    }
    return render(request, "allocation/supplies.html", context)


@page(needs="stock.write", methods=["GET", "POST"])
def receive(request: MemberRequest) -> HttpResponse:
    """The form for goods that came in, filled in for the supply, or for all of one purchase order, that the address names."""
    if request.method == "POST":
        return goods_form.answered(request, RECEIVE, take_in, lambda _outcomes: ("stock-supplies", ()))
    due = expected(request.act, read_id(asked(request, "supply")), asked(request, "reference"))
    head = {"received_on": request.act.on.isoformat(), "warehouse": str(due[0].warehouse_id) if due else ""}
    rows = [
        {
            "product": row.product_code,
            "quantity": format(row.due.normalize(), "f"),
            "unit_cost": format(row.unit_cost.normalize(), "f"),
            "supply": str(row.id),
        }
        for row in due
    ]
    return goods_form.shown(request, goods_form.begun(request.act, RECEIVE, head, rows))


def expected(act: Act, inbound_id: int | None, reference: str) -> list[SupplyRow]:
    """The bought goods that are still to come: one supply, or those of a reference to the warehouse of the first of them."""
    if inbound_id is None and not reference:
        return []
    search = SupplySearch(wanted="" if inbound_id else reference, only_id=inbound_id)
    rows = [row for row in lists.supplies(company_id=act.company_id, search=search, count=DUE_MAX) if row.transfer_id is None]
    if inbound_id is not None:
        return rows
    ours = [row for row in rows if row.reference == reference]
    return [row for row in ours if row.warehouse_id == ours[0].warehouse_id]


def take_in(act: Act, typed: TypedForm) -> Sequence[Outcome]:
    """Receive what the form says."""
    costs = standard_costs(act, typed)
    receipts = [
        Receipt(
            warehouse_id=typed.key("warehouse"),
            product_id=row.product_id,
            quantity=row.number(),
            unit_cost=costs[row.product_id] if (cost := row.price()) is None else cost,
            lot_code=row.values["lot"] or None,
            expires_on=row.day("expires_on"),
            inbound_id=read_id(row.values["supply"]),
        )
        for row in typed.rows
    ]
    reason, received_on = typed.head["reason"], typed.day("received_on")
    return receive_stock(act=act, receipts=receipts, reason=reason, received_on=received_on, external_ref=typed.reference())


def standard_costs(act: Act, typed: TypedForm) -> Mapping[int, Decimal]:
    """What one unit of each product of the form usually costs."""
    named = Product.objects.filter(company_id=act.company_id, id__in=[row.product_id for row in typed.rows])
    return dict(named.values_list("id", "standard_cost"))


@page(needs="stock.write", methods=["GET", "POST"])
def expect(request: MemberRequest) -> HttpResponse:
    """The form for goods that were ordered from a supplier."""
    if request.method == "POST":
        return goods_form.answered(request, EXPECT, write_down, lambda _outcomes: ("stock-supplies", ()))
    return goods_form.shown(request, goods_form.begun(request.act, EXPECT))


def write_down(act: Act, typed: TypedForm) -> Sequence[Outcome]:
    """Expect what the form says."""
    costs = standard_costs(act, typed)
    expected_on = typed.day("expected_on")
    assert expected_on is not None
    wanted = [
        Supply(
            warehouse_id=typed.key("warehouse"),
            product_id=row.product_id,
            quantity=row.number(),
            unit_cost=costs[row.product_id] if (cost := row.price()) is None else cost,
            expected_on=expected_on,
            reference=typed.head["reference"],
        )
        for row in typed.rows
    ]
    return expect_supply(act=act, supplies=wanted)


@page(needs="stock.write", methods=["GET", "POST"])
def supply(request: MemberRequest, inbound_id: int) -> HttpResponse:
    """News of a supply: another day or quantity. First it is shown which promises would move, then it is confirmed."""
    row = supply_of(request.act, inbound_id)
    if request.method != "POST":
        typed = {"expected_on": row.expected_on.isoformat(), "quantity": format(row.quantity.normalize(), "f")}
        return supply_form(request, row, typed, {})
    typed = {
        name: cleaned(request.POST.get(name, ""), most) for name, most in (("expected_on", 10), ("quantity", 40), ("reason", 200))
    }
    change, faults = change_of(row, typed)
    if faults:
        return supply_form(request, row, typed, faults, status=422)
    try:
        if request.POST.get("confirmed") == "1":
            the_only(with_retries(change_supplies, act=request.act, changes=[change], reason=typed["reason"]))
            messages.success(request, _("The news was written down."))
            return redirect("stock-supplies")
        moved = with_retries(would_move, request.act, row, change, typed["reason"])
    except Missing:
        raise
    except Refused as refusal:
        field = "expected_on" if refusal.reason == "dated_in_past" else "quantity"
        return supply_form(request, row, typed, {field: refusal}, status=refusal.status)
    return supply_form(request, row, typed, {}, moved=moved)


@transaction.atomic
def supply_of(act: Act, inbound_id: int) -> SupplyRow:
    """A supply; raises Missing."""
    row = lists.supply(company_id=act.company_id, inbound_id=inbound_id)
    if row is None:
        raise Missing("There is no such supply.", id=inbound_id)
    return row


def change_of(row: SupplyRow, typed: Mapping[str, str]) -> tuple[SupplyChange, dict[str, Fault]]:
    """The change that the form asks for, and what is wrong with it; the operation judges the figures."""
    faults: dict[str, Fault] = {}
    expected_on, quantity = read_day(typed["expected_on"]), number(typed["quantity"])
    if expected_on is None:
        faults["expected_on"] = _("This is no date.")
    if quantity is None or quantity < 0:
        faults["quantity"] = _("The quantity must be a number, not negative.")
    return SupplyChange(row.id, expected_on, quantity), faults


def would_move(act: Act, row: SupplyRow, change: SupplyChange, reason: str) -> list[MovedPromise]:
    """Which promises a change moves: it is done, looked at and taken back. Raises what the change would be refused with."""
    moved: list[MovedPromise] = []
    try:
        with transaction.atomic():
            before = lists.promised(company_id=act.company_id, product_id=row.product_id)
            the_only(change_supplies(act=act, changes=[change], reason=reason))
            after = {
                line.line_id: line.promised_on for line in lists.promised(company_id=act.company_id, product_id=row.product_id)
            }
            moved = [MovedPromise(line, after.get(line.line_id)) for line in before if after.get(line.line_id) != line.promised_on]
            raise Tried
    except Tried:
        return moved


@transaction.atomic
def supply_form(
    request: MemberRequest,
    row: SupplyRow,
    typed: Mapping[str, str],
    faults: Mapping[str, Fault],
    *,
    moved: Sequence[MovedPromise] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The form for news of a supply, with the promises that would move once that is known."""
    context = {"supply": row, "typed": typed, "faults": faults, "moved": moved}
    return render(request, "allocation/supply.html", context, status=status)
