"""The pages of stock that is corrected, set aside, held for somebody, or about to expire."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dinghuo.journey.allocation import goods_form, lists
from dinghuo.journey.allocation.goods_form import Field, GoodsForm, TypedForm, read_moment
from dinghuo.journey.allocation.lists import DAY_MIN, PACE_DAYS, ExpiringRow
from dinghuo.journey.allocation.operations import adjust_stock
from dinghuo.journey.allocation.operations.holds import extend_holds, hold_stock, release_holds
from dinghuo.journey.allocation.operations.quarantine import release_quarantine, scrap_quarantine, set_aside
from dinghuo.journey.allocation.rules import Adjustment
from dinghuo.journey.allocation.rules.keeping import HoldDraft
from dinghuo.journey.allocation.stock_api import Quarantine
from dinghuo.kernel import sql
from dinghuo.kernel.errors import Malformed, Outcome
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.access import MemberRequest, page
from dinghuo.reference.acting import perform
from dinghuo.reference.models import Customer, Warehouse
from dinghuo.reference.paging import ID_MAX, PAGE, asked, day_cursor, page_of, read_day_cursor, read_id
from dinghuo.reference.typed_text import cleaned

REASON_MAX: Final = 200
EXPIRY_DAYS: Final = 60
EXPIRY_DAYS_MAX: Final = 3660

PRODUCT: Final = Field("product", gettext_lazy("Product code or name"), "product", is_required=True)
LOT: Final = Field("lot", gettext_lazy("Lot"), "lot")
QUANTITY: Final = Field("quantity", gettext_lazy("Quantity"), "quantity", is_required=True)
WAREHOUSE: Final = Field("warehouse", gettext_lazy("Warehouse"), "warehouse", is_required=True)

ADJUST: Final = GoodsForm(
    title=gettext_lazy("Correct stock"),
    send=gettext_lazy("Correct"),
    done=gettext_lazy("Stock was corrected."),
    tab="stock",
    intro=gettext_lazy("What is damaged, lost or found: -2 takes two out, 3 adds three. What is promised is never taken."),
    head=(WAREHOUSE, Field("reason", gettext_lazy("Reason"), is_required=True, most=REASON_MAX)),
    columns=(
        PRODUCT,
        LOT,
        Field("quantity", gettext_lazy("Change"), "signed", is_required=True),
        Field("unit_cost", gettext_lazy("Cost of one, when added"), "price"),
    ),
)
SET_ASIDE: Final = GoodsForm(
    title=gettext_lazy("Set goods aside"),
    send=gettext_lazy("Set goods aside"),
    done=gettext_lazy("The goods are set aside."),
    tab="quarantine",
    intro=gettext_lazy("Nobody is given what is set aside until somebody has decided about it."),
    head=(WAREHOUSE, Field("reason", gettext_lazy("Reason"), is_required=True, most=REASON_MAX)),
    columns=(PRODUCT, LOT, QUANTITY),
)
HOLD: Final = GoodsForm(
    title=gettext_lazy("Hold stock for somebody"),
    send=gettext_lazy("Hold stock"),
    done=gettext_lazy("The stock is held."),
    tab="holds",
    intro=gettext_lazy("A cart is held 2 hours, a phone call 24 hours, a quote 7 days, unless you say until when."),
    head=(
        WAREHOUSE,
        Field(
            "kind",
            gettext_lazy("For a"),
            is_required=True,
            choices=(("phone", gettext_lazy("Phone call")), ("quote", gettext_lazy("Quote")), ("cart", gettext_lazy("Cart"))),
        ),
        Field("customer_text", gettext_lazy("Customer"), "customer_text", most=100),
        Field("until", gettext_lazy("Until"), "moment"),
        Field("note", gettext_lazy("Note"), most=REASON_MAX),
    ),
    columns=(PRODUCT, QUANTITY),
)


@page(needs="stock.write", methods=["GET", "POST"])
def adjust(request: MemberRequest) -> HttpResponse:
    """The form that corrects stock, filled in with what the address names."""
    if request.method == "POST":
        return goods_form.answered(request, ADJUST, correct, lambda _outcomes: ("allocation", ()))
    return begun(request, ADJUST)


def begun(request: MemberRequest, form: GoodsForm) -> HttpResponse:
    """An empty form, with the warehouse and the goods that the address names."""
    row = {name: asked(request, name) for name in ("product", "lot", "quantity")}
    typed = goods_form.begun(request.act, form, {"warehouse": asked(request, "warehouse")}, [row] if row["product"] else [])
    return goods_form.shown(request, typed)


def correct(act: Act, typed: TypedForm) -> Sequence[Outcome]:
    """Correct stock as the form says."""
    place = typed.key("warehouse")
    wanted = [Adjustment(place, row.product_id, row.number(), row.lot_id, row.price()) for row in typed.rows]
    return adjust_stock(act=act, adjustments=wanted, reason=typed.head["reason"], external_ref=typed.reference())


@page(needs="stock.read")
def quarantine(request: MemberRequest) -> HttpResponse:
    """Goods that are set aside, the newest first; or all that ever were."""
    before = read_id(asked(request, "after"), ID_MAX) or ID_MAX
    only_open = asked(request, "all") != "1"
    wanted = {"before": before, "count": PAGE + 1, "only_open": only_open}
    rows = sql.rows("allocation/quarantines_before", Quarantine, company_id=request.act.company_id, **wanted)
    return render(request, "allocation/quarantine.html", {"page": page_of(rows, lambda row: str(row.id)), "only_open": only_open})


@page(needs="stock.write", methods=["GET", "POST"])
def new_quarantine(request: MemberRequest) -> HttpResponse:
    """The form that sets goods aside."""
    if request.method == "POST":
        return goods_form.answered(request, SET_ASIDE, put_aside, lambda _outcomes: ("stock-quarantine", ()))
    return begun(request, SET_ASIDE)


def put_aside(act: Act, typed: TypedForm) -> Sequence[Outcome]:
    """Set aside what the form says."""
    goods = [Adjustment(typed.key("warehouse"), row.product_id, row.number(), row.lot_id) for row in typed.rows]
    return set_aside(act=act, goods=goods, reason=typed.head["reason"])


@page(needs="stock.write", methods=["POST"])
def free(request: MemberRequest, quarantine_id: int) -> HttpResponse:
    """Let goods that were set aside be given to orders again."""
    perform(
        request, release_quarantine, done=_("The goods are free again."), quarantine_ids=[quarantine_id], reason=reason_of(request)
    )
    return redirect("stock-quarantine")


@page(needs="stock.write", methods=["POST"])
def scrap(request: MemberRequest, quarantine_id: int) -> HttpResponse:
    """Write goods off that were set aside."""
    perform(
        request, scrap_quarantine, done=_("The goods were written off."), quarantine_ids=[quarantine_id], reason=reason_of(request)
    )
    return redirect("stock-quarantine")


def reason_of(request: MemberRequest) -> str:
    """The reason that was given; raises Malformed without one."""
    reason = cleaned(request.POST.get("reason", ""), REASON_MAX)
    if not reason:
        raise Malformed("A reason is needed.", code="reason_missing")
    return reason


@page(needs="stock.read")
def holds(request: MemberRequest) -> HttpResponse:
    """Stock that is held for somebody, the newest first; or all that ever was."""
    before = read_id(asked(request, "after"), ID_MAX) or ID_MAX
    only_open = asked(request, "all") != "1"
    rows = lists.holds(company_id=request.act.company_id, only_open=only_open, before=before, count=PAGE + 1)
    context = {"page": page_of(rows, lambda row: str(row.id)), "only_open": only_open, "now": request.act.at}
    return render(request, "allocation/holds.html", context)


@page(needs="stock.allocate", methods=["GET", "POST"])
def new_hold(request: MemberRequest) -> HttpResponse:
    """The form that holds stock for somebody."""
    if request.method == "POST":
        return goods_form.answered(request, HOLD, keep, lambda _outcomes: ("stock-holds", ()))
    return begun(request, HOLD)


def keep(act: Act, typed: TypedForm) -> Sequence[Outcome]:
    """Hold what the form says; raises Malformed when the customer's code is unknown."""
    code = typed.head["customer_text"]
    customer = Customer.objects.filter(company_id=act.company_id, code=code).first() if code else None
    if code and customer is None:
        raise Malformed("There is no such customer.", code="unknown_customer")
    drafts = [
        HoldDraft(
            kind=typed.head["kind"],
            warehouse_id=typed.key("warehouse"),
            product_id=row.product_id,
            quantity=row.number(),
            customer_id=customer.pk if customer else None,
            expires_at=typed.moment("until"),
            note=typed.head["note"],
        )
        for row in typed.rows
    ]
    return hold_stock(act=act, drafts=drafts)


@page(needs="stock.allocate", methods=["POST"])
def extend(request: MemberRequest, stock_hold_id: int) -> HttpResponse:
    """Let a hold last until another moment."""
    # What is no moment is refused like one that has passed.
    until = read_moment(cleaned(request.POST.get("until", ""), 40)) or request.act.at
    perform(request, extend_holds, done=_("The hold lasts longer."), stock_hold_ids=[stock_hold_id], expires_at=until)
    return redirect("stock-holds")


@page(needs="stock.allocate", methods=["POST"])
def let_go(request: MemberRequest, stock_hold_id: int) -> HttpResponse:
    """Free what a hold keeps."""
    perform(request, release_holds, done=_("The stock is free again."), stock_hold_ids=[stock_hold_id])
    return redirect("stock-holds")


@page(needs="stock.read")
def expiring(request: MemberRequest) -> HttpResponse:
    """Lots in stock that expire soon or have, what they are worth, and what to do about them."""
    days = min(read_id(asked(request, "days"), EXPIRY_DAYS) or 0, EXPIRY_DAYS_MAX)
    warehouse_id = read_id(asked(request, "warehouse"))
    after = read_day_cursor(asked(request, "after"), (DAY_MIN, 0))
    expires_by = request.act.on + timedelta(days=days)
    rows = lists.expiring(act=request.act, expires_by=expires_by, warehouse_id=warehouse_id, after=after, count=PAGE + 1)
    found = page_of(rows, lambda row: day_cursor(row.expires_on, row.id))
    context = {
        "page": found,
        "advice": [(row, advised(row, (row.expires_on - request.act.on).days)) for row in found.rows],
        "days": days,
        "warehouse_id": warehouse_id,
        "warehouses": Warehouse.objects.filter(company_id=request.act.company_id).order_by("priority", "id"),
    }
    return render(request, "allocation/expiring.html", context)


def advised(row: ExpiringRow, days_left: int) -> dict[str, Any]:
    """What to do with a lot: set aside what has expired, send where orders wait, else sell what its pace would leave over.

    `left_over` is what the pace of the last 90 days leaves of it on the day it expires, in stock units.
    """
    left_over = max(row.on_hand - row.sold * max(days_left, 0) / PACE_DAYS, Decimal(0)).quantize(Decimal(1))
    sendable = min(row.available, row.wanting)
    if days_left < 0:
        kind = "set_aside" if row.available > 0 else "nothing"
    elif sendable > 0 and row.wanting_id is not None:
        kind = "transfer"
    else:
        kind = "sell_first" if left_over > 0 else "nothing"
    return {"kind": kind, "days_left": days_left, "left_over": left_over, "sendable": format(sendable.normalize(), "f")}
