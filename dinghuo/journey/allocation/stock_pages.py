"""The pages of stock: what lies where, now or on a past day; one product with its history; how warehouses keep it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from dinghuo.journey.allocation import lists
from dinghuo.journey.allocation.goods_form import Fault, warehouses_of
from dinghuo.journey.allocation.lists import StockRow, StockSearch, SupplySearch
from dinghuo.journey.allocation.models import LinePromise, StockSetting
from dinghuo.journey.allocation.operations.promises import promise_timeline
from dinghuo.journey.allocation.operations.settings import keep_by_lot, set_stock_settings
from dinghuo.journey.allocation.rules.keeping import Setting
from dinghuo.journey.allocation.rules.stock import is_quantity
from dinghuo.kernel.errors import Missing
from dinghuo.kernel.retries import with_retries
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.access import MemberRequest, page
from dinghuo.reference.acting import perform
from dinghuo.reference.exports import EXPORT_MAX, exported
from dinghuo.reference.models import Product, Warehouse
from dinghuo.reference.paging import ID_MAX, PAGE, asked, page_of, read_day, read_id
from dinghuo.reference.typed_text import cleaned, number

STATES: Final = (
    ("low", gettext_lazy("At or below the reorder level")),
    ("safety", gettext_lazy("Below the safety stock")),
    ("aside", gettext_lazy("Set aside")),
    ("negative", gettext_lazy("More promised than is there or coming")),
)
LEVELS_MAX: Final = 500
DAYS_SHOWN: Final = 400
SHOWN: Final = 20
FORMATS: Final = ("csv", "xlsx")


@page(needs="stock.read")
def allocation(request: MemberRequest) -> HttpResponse:
    """Stock by product, warehouse and lot; at the end of a past day when one is asked for, and as a file for spreadsheets."""
    search = searched(request)
    balance_on = read_day(asked(request, "on"))
    balance_on = balance_on if balance_on and balance_on < request.act.on else None
    kind = asked(request, "format")
    if kind in FORMATS:
        return stock_file(request, search, balance_on, kind)
    context = {
        "page": page_of(rows_of(request.act, search, balance_on, PAGE + 1), lambda row: f"{row.id}.{row.product_code}"),
        "search": search,
        "state": asked(request, "state") or ("low" if asked(request, "low") == "1" else ""),
        "states": STATES,
        "days": asked(request, "days"),
        "on": balance_on,
        "warehouses": Warehouse.objects.filter(company_id=request.act.company_id).order_by("priority", "id"),
    }
    return render(request, "allocation/stock.html", context)


def searched(request: MemberRequest) -> StockSearch:
    """Which stock the address asks for."""
    after_id, _dot, after_code = asked(request, "after").partition(".")
    state = asked(request, "state") or ("low" if asked(request, "low") == "1" else "")
    return StockSearch(
        wanted=asked(request, "q"),
        lot=asked(request, "lot"),
        warehouse_id=read_id(asked(request, "warehouse")),
        product_ids=overpromised(request.act) if state == "negative" else None,
        expires_by=expiry_of(request.act.on, asked(request, "days")),
        state=state,
        after_code=after_code,
        after_id=read_id(after_id, 0) or 0,
    )


def expiry_of(today: date, days: str) -> date | None:
    """The last day of expiry that a list shows; `0` asks for what is past it."""
    count = read_id(days)
    return None if count is None else date.fromordinal(min(today.toordinal() + count - (count == 0), date.max.toordinal()))


def overpromised(act: Act) -> list[int]:
    """The products of which more was promised, some day, than will be there by then."""
    open_promises = LinePromise.objects.filter(company_id=act.company_id, is_open=True)
    products = list(open_promises.values_list("product_id", flat=True).distinct())
    return sorted({row.product_id for row in promise_timeline(act=act, product_ids=products) if row.promisable < 0})


def rows_of(act: Act, search: StockSearch, balance_on: date | None, count: int) -> Sequence[Any]:
    """The levels that a search finds, now or at the end of a day."""
    if balance_on is not None:
        return lists.stock_on(company_id=act.company_id, search=search, balance_on=balance_on, count=count)
    return lists.stock(company_id=act.company_id, search=search, count=count)


def stock_file(request: MemberRequest, search: StockSearch, balance_on: date | None, kind: str) -> HttpResponse:
    """All that a search finds, as a file."""
    rows = rows_of(request.act, search, balance_on, EXPORT_MAX)
    if balance_on is not None:
        columns = [_("Product"), _("Name"), _("Warehouse"), _("Lot"), _("On hand"), _("Unit"), _("Value")]
        return exported(f"stock-{balance_on}", kind, columns, balance_cells(rows))
    columns = [
        _("Product"), _("Name"), _("Warehouse"), _("Lot"), _("Expires"), _("On hand"), _("Allocated"), _("Held"), _("Set aside"),
        _("Free"), _("In transit"), _("Expected"), _("Safety stock"), _("Unit"), _("Value"),
    ]  # fmt: skip
    return exported("stock", kind, columns, stock_cells(rows))


def balance_cells(rows: Sequence[lists.BalanceRow]) -> Iterator[list[object]]:
    """Balances as a spreadsheet has them."""
    for row in rows:
        yield [row.product_code, row.name, row.warehouse_code, row.lot_code, row.on_hand, row.unit, row.cost_amount]


def stock_cells(rows: Sequence[StockRow]) -> Iterator[list[object]]:
    """Levels as a spreadsheet has them."""
    for row in rows:
        yield [
            row.product_code, row.name, row.warehouse_code, row.lot_code, row.expires_on, row.on_hand, row.allocated, row.held,
            row.set_aside, row.available, row.in_transit, row.expected, row.safety_quantity, row.unit, row.cost_amount,
        ]  # fmt: skip


@page(needs="stock.read")
def product(request: MemberRequest, product_id: int) -> HttpResponse:
    """One product: its levels, its history with the balance after each move, who was given it, and what comes."""
    return product_page(request, product_id, {}, {})


def product_page(
    request: MemberRequest, product_id: int, typed: Mapping[str, str], faults: Mapping[str, Fault], *, status: int = 200
) -> HttpResponse:
    """The page of a product, with what was typed into its form of settings."""
    company_id = request.act.company_id
    found = product_of(request.act, product_id)
    warehouse_id = read_id(asked(request, "warehouse"))
    before = read_id(asked(request, "after"), ID_MAX) or ID_MAX
    levels = lists.stock(company_id=company_id, search=StockSearch(product_ids=[product_id]), count=LEVELS_MAX)
    moves = lists.moves(company_id=company_id, product_id=product_id, warehouse_id=warehouse_id, before=before, count=PAGE + 1)
    days = lists.days(company_id=company_id, product_id=product_id, warehouse_id=warehouse_id, count=DAYS_SHOWN)
    names = ("on_hand", "allocated", "held", "set_aside", "available", "in_transit", "expected")
    context = {
        "product": found,
        "levels": levels,
        "sums": {name: sum((getattr(row, name) for row in levels), Decimal(0)) for name in names},
        "page": page_of(moves, lambda row: str(row.id)),
        "warehouse_id": warehouse_id,
        "timeline": promise_timeline(act=request.act, product_ids=[product_id])[:SHOWN],
        "allocations": lists.allocations(company_id=company_id, product_id=product_id, count=SHOWN),
        "supplies": lists.supplies(company_id=company_id, search=SupplySearch(product_id=product_id), count=SHOWN),
        "holds": lists.holds(company_id=company_id, product_id=product_id, count=SHOWN),
        "settings": settings_of(request.act, product_id, typed, faults),
        "charts": chart(until_today(days, request.act.on), product_id),
        "has_days": bool(days),
    }
    return render(request, "allocation/product.html", context, status=status)


def product_of(act: Act, product_id: int) -> Product:
    """A product of the company; raises Missing."""
    found = Product.objects.filter(company_id=act.company_id, id=product_id).first()
    if found is None:
        raise Missing("There is no such product.", id=product_id)
    return found


def until_today(days: Sequence[lists.DayBalance], today: date) -> list[lists.DayBalance]:
    """The days and today, when the last level still holds."""
    return [*days, lists.DayBalance(today, days[-1].balance)] if days and days[-1].day < today else list(days)


def chart(days: Sequence[lists.DayBalance], product_id: int) -> dict[str, Any]:
    """What the picture of the level draws: numbers as strings, steps from day to day."""
    address = reverse("stock-product", args=[product_id])
    return {
        "language": "ZH" if (get_language() or "").startswith("zh") else "EN",
        "level": {
            "steps": True,
            "labels": [row.day.isoformat() for row in days],
            "series": [{"name": _("On hand"), "values": [str(row.balance) for row in days]}],
            "links": [f"{address}#moves" for _row in days],
        },
    }


def settings_of(
    act: Act, product_id: int, typed: Mapping[str, str], faults: Mapping[str, Fault]
) -> list[tuple[Warehouse, str, str, Fault | None]]:
    """For each warehouse the safety stock and the zone as set or typed, and what is wrong with them."""
    known = {row.warehouse_id: row for row in StockSetting.objects.filter(company_id=act.company_id, product_id=product_id)}
    rows = []
    for place in warehouses_of(act):
        key = f"safety-{place.pk}"
        setting = known.get(place.pk)
        safety = typed.get(key, format(setting.safety_quantity.normalize(), "f") if setting else "0")
        rows.append((place, safety, typed.get(f"zone-{place.pk}", setting.zone if setting else ""), faults.get(key)))
    return rows


@page(needs="stock.write", methods=["POST"])
def settings(request: MemberRequest, product_id: int) -> HttpResponse:
    """Set the safety stock and the zone of a product in each warehouse; what is not changed stays."""
    typed: dict[str, str] = {}
    faults: dict[str, Fault] = {}
    wanted = []
    product_now(request.act, product_id)
    for place in warehouses_of(request.act):
        safety, zone = (cleaned(request.POST.get(f"{name}-{place.pk}", ""), 20) for name in ("safety", "zone"))
        typed |= {f"safety-{place.pk}": safety, f"zone-{place.pk}": zone}
        units = number(safety or "0")
        if units is None or units < 0 or not is_quantity(units):
            faults[f"safety-{place.pk}"] = _("The safety stock must be a number, not negative, with at most 3 decimals.")
        else:
            wanted.append(Setting(place.pk, product_id, units, zone))
    if faults:
        return refused_settings(request, product_id, typed, faults)
    with_retries(set_stock_settings, act=request.act, settings=wanted)
    messages.success(request, _("How the product is kept was saved."))
    return redirect("stock-product", product_id)


@transaction.atomic
def product_now(act: Act, product_id: int) -> Product:
    """A product, read in a transaction of its own; raises Missing."""
    return product_of(act, product_id)


@transaction.atomic
def refused_settings(
    request: MemberRequest, product_id: int, typed: Mapping[str, str], faults: Mapping[str, Fault]
) -> HttpResponse:
    """The page again, with what was typed and what is wrong with it."""
    return product_page(request, product_id, typed, faults, status=422)


@page(needs="products.write", methods=["POST"])
def lots(request: MemberRequest, product_id: int) -> HttpResponse:
    """Keep a product by lot from now on, or no longer; only while there is none of it in stock."""
    keeps = request.POST.get("keeps_lots") == "1"
    done = _("The product is kept by lot now.") if keeps else _("The product is not kept by lot any more.")
    perform(request, keep_by_lot, done=done, product_id=product_id, keeps_lots=keeps)
    return redirect("stock-product", product_id)


@page(needs="stock.read")
def lot_choices(request: MemberRequest) -> HttpResponse:
    """The lots in stock that a text typed into a lot field may mean, as buttons: those of the product in the same row."""
    code = cleaned(asked(request, "product"), 40)
    found = Product.objects.filter(company_id=request.act.company_id, code=code).values_list("id", flat=True)
    search = StockSearch(lot=asked(request, "lot"), product_ids=list(found))
    rows = lists.stock(company_id=request.act.company_id, search=search, count=SHOWN) if code else []
    return render(request, "allocation/_lot_choices.html", {"lots": [row for row in rows if row.lot_code and row.on_hand]})
