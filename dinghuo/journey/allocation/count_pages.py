"""The pages of counts: sheets to count by, what differs, and who says that the books are wrong."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dinghuo.journey.allocation.count_api import Count, CountLine
from dinghuo.journey.allocation.goods_form import Fault, warehouses_of
from dinghuo.journey.allocation.models import Lot
from dinghuo.journey.allocation.operations.counts import CountDraft, Difference, cancel_count, open_count, post_count, record_count
from dinghuo.journey.allocation.rules.keeping import Counted
from dinghuo.journey.allocation.rules.stock import is_quantity
from dinghuo.kernel import sql
from dinghuo.kernel.errors import Malformed, Missing, Outcome, Refused
from dinghuo.kernel.retries import with_retries
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.access import MemberRequest, page
from dinghuo.reference.acting import perform, tell_refusal
from dinghuo.reference.paging import ID_MAX, PAGE, Page, asked, page_of, read_id
from dinghuo.reference.queries import products_by_code
from dinghuo.reference.typed_text import cleaned, number

SHEET: Final = 100
PRODUCTS_MAX: Final = 500
REASON_MAX: Final = 200
HEAD: Final = (("warehouse", 20), ("zone", 20), ("products", 8000), ("reason", REASON_MAX))
FOUND: Final = ("product", "lot", "quantity")


@page(needs="stock.read")
def counts(request: MemberRequest) -> HttpResponse:
    """Counts, the newest first."""
    before = read_id(asked(request, "after"), ID_MAX) or ID_MAX
    rows = counts_before(request.act, before=before, count=PAGE + 1)
    return render(request, "allocation/counts.html", {"page": page_of(rows, lambda row: str(row.id))})


@page(needs="stock.write", methods=["GET", "POST"])
def new_count(request: MemberRequest) -> HttpResponse:
    """The form that opens a count: what is on its sheet is frozen until it ends."""
    if request.method != "POST":
        return count_form(
            request, {"is_blind": "1", "warehouse": asked(request, "warehouse"), "products": asked(request, "product")}, {}
        )
    typed = {name: cleaned(request.POST.get(name, ""), most) for name, most in HEAD}
    typed["is_blind"] = "1" if request.POST.get("is_blind") == "1" else ""
    draft, faults = draft_of(request.act, typed)
    if draft is None or faults:
        return count_form(request, typed, faults, status=422)
    try:
        opened = with_retries(open_count, act=request.act, draft=draft)
    except Refused as refusal:
        return count_form(request, typed, {"": refusal}, status=refusal.status)
    messages.success(request, _("The count is open. What is on its sheet does not move until it ends."))
    return redirect("stock-count", opened.id)


@transaction.atomic
def draft_of(act: Act, typed: Mapping[str, str]) -> tuple[CountDraft | None, dict[str, Fault]]:
    """The count that the form asks for, and what is wrong with it."""
    faults: dict[str, Fault] = {}
    warehouse_id = read_id(typed["warehouse"])
    if warehouse_id not in {place.pk for place in warehouses_of(act)}:
        faults["warehouse"] = _("Which warehouse?")
    codes = typed["products"].replace(",", " ").split()[:PRODUCTS_MAX]
    known = products_by_code(company_id=act.company_id, codes=codes)
    unknown = [code for code in codes if code not in known]
    if unknown:
        faults["products"] = _("There is no product with the code %(code)s.") % {"code": unknown[0]}
    if faults or warehouse_id is None:
        return None, faults
    product_ids = [known[code].id for code in codes] or None
    return CountDraft(warehouse_id, typed["zone"], product_ids, bool(typed["is_blind"]), typed["reason"]), faults


@transaction.atomic
def count_form(request: MemberRequest, typed: Mapping[str, str], faults: Mapping[str, Fault], *, status: int = 200) -> HttpResponse:
    """The form with what was typed."""
    context = {"typed": typed, "faults": faults, "refusal": faults.get(""), "warehouses": warehouses_of(request.act)}
    return render(request, "allocation/new_count.html", context, status=status)


@page(needs="stock.read")
def count(request: MemberRequest, count_id: int) -> HttpResponse:
    """A count's sheet, to type into while it is open."""
    return sheet(request, count_id, {}, {})


def sheet(
    request: MemberRequest, count_id: int, typed: Mapping[str, str], faults: Mapping[str, Fault], *, status: int = 200
) -> HttpResponse:
    """A page of a sheet, with what was typed into it."""
    head, lines = count_of(request.act, count_id)
    shown = lines_from(lines, read_id(asked(request, "after"), 0) or 0)
    rows = [(line, typed.get(f"line-{line.line_id}"), faults.get(f"line-{line.line_id}")) for line in shown.rows]
    context = {
        "count": head,
        "page": Page(rows, shown.following),
        "found": [(name, typed.get(name, ""), faults.get(name)) for name in FOUND],
        "is_faulty": bool(faults),
        "may_count": head.state == "open" and request.membership.may("stock.write"),
        "shows_books": head.state != "open" or not head.is_blind,
    }
    return render(request, "allocation/count.html", context, status=status)


def lines_from(lines: Sequence[CountLine], after: int) -> Page[CountLine]:
    """A page of a sheet; the cursor is how many lines stand before it."""
    following = after + SHEET
    return Page(lines[after:following], str(following) if len(lines) > following else "")


@page(needs="stock.write", methods=["POST"])
def record(request: MemberRequest, count_id: int) -> HttpResponse:
    """Write down what was counted; lines left empty stay as they were, counting again replaces what was found."""
    _head, lines = count_now(request.act, count_id)
    typed = {f"line-{line.line_id}": cleaned(request.POST.get(f"line-{line.line_id}", ""), 40) for line in lines}
    typed |= {name: cleaned(request.POST.get(name, ""), 40) for name in FOUND}
    entries, faults = entries_of(request.act, lines, typed)
    if faults:
        return refused_sheet(request, count_id, typed, faults)
    if not entries:
        messages.error(request, _("Nothing was typed."))
        return redirect("stock-count", count_id)
    try:
        outcomes = with_retries(recorded, request.act, count_id, [entry for _field, entry in entries])
    except Missing:
        raise
    except Refused as refusal:
        tell_refusal(request, refusal)
        return redirect("stock-count", count_id)
    faults = {entries[each.id][0]: Refused("", code=each.code, **each.facts) for each in outcomes if not each.done}
    if faults:
        return refused_sheet(request, count_id, typed, faults)
    messages.success(request, _("What was counted was written down."))
    return redirect(request.get_full_path().replace("/record/", "/"))


def entries_of(
    act: Act, lines: Sequence[CountLine], typed: Mapping[str, str]
) -> tuple[list[tuple[str, Counted]], dict[str, Fault]]:
    """What was counted, each with its field, and what is wrong with what was typed."""
    faults: dict[str, Fault] = {}
    entries = []
    for line in lines:
        field = f"line-{line.line_id}"
        units = number(typed[field])
        if typed[field] and (units is None or units < 0 or not is_quantity(units)):
            faults[field] = _("What was counted must be a number, not negative, with at most 3 decimals.")
        elif units is not None:
            entries.append((field, Counted(line.product_id, units, line.lot_id)))
    if any(typed[name] for name in FOUND):
        faults |= found_beside(act, typed, entries)
    return entries, faults


@transaction.atomic
def found_beside(act: Act, typed: Mapping[str, str], entries: list[tuple[str, Counted]]) -> dict[str, Fault]:
    """Add goods that the sheet does not have to what was counted; what is wrong with them is returned."""
    product = products_by_code(company_id=act.company_id, codes=[typed["product"]]).get(typed["product"])
    units = number(typed["quantity"])
    if product is None:
        return {"product": _("There is no product with the code %(code)s.") % {"code": typed["product"]}}
    if units is None or units < 0 or not is_quantity(units):
        return {"quantity": _("What was counted must be a number, not negative, with at most 3 decimals.")}
    lot = Lot.objects.filter(company_id=act.company_id, product_id=product.id, code=typed["lot"]).first() if typed["lot"] else None
    if typed["lot"] and lot is None:
        return {"lot": _("The product has no lot with the code %(code)s.") % {"code": typed["lot"]}}
    entries.append(("product", Counted(product.id, units, lot.pk if lot else None)))
    return {}


def recorded(act: Act, count_id: int, entries: Sequence[Counted]) -> list[Outcome]:
    """Write down what was counted, all of it or nothing."""
    with transaction.atomic():
        outcomes = record_count(act=act, count_id=count_id, entries=entries)
        transaction.set_rollback(not all(outcome.done for outcome in outcomes))
        return outcomes


@transaction.atomic
def refused_sheet(request: MemberRequest, count_id: int, typed: Mapping[str, str], faults: Mapping[str, Fault]) -> HttpResponse:
    """The sheet again, with what was typed and what is wrong with it."""
    return sheet(request, count_id, typed, faults, status=422)


@page(needs="stock.approve", methods=["GET", "POST"])
def differences(request: MemberRequest, count_id: int) -> HttpResponse:
    """What a count found otherwise than the books, for whoever approves it; sent with a reason, it corrects stock."""
    if request.method != "POST":
        return differences_page(request, count_id, {})
    reason = cleaned(request.POST.get("reason", ""), REASON_MAX)
    if not reason:
        return refused_differences(request, count_id, {"reason": Malformed("", code="reason_missing")})
    try:
        outcomes = with_retries(post_count, act=request.act, count_id=count_id, reason=reason)
    except Missing:
        raise
    except Refused as refusal:
        tell_refusal(request, refusal)
        return redirect("stock-count", count_id)
    if not all(outcome.done for outcome in outcomes):
        return refused_differences(request, count_id, {"lines": _("Nothing was posted: some lines keep the count from it.")})
    messages.success(request, _("The count was posted; stock is as it was counted."))
    return redirect("stock-count", count_id)


def differences_page(request: MemberRequest, count_id: int, faults: Mapping[str, Fault], *, status: int = 200) -> HttpResponse:
    """The lines that differ or keep the count from being posted, with what the differences are worth."""
    head, _lines = count_of(request.act, count_id)
    found = sql.rows("allocation/differences_of_count", Difference, company_id=request.act.company_id, count_id=count_id)
    rows = [shown for shown in map(difference_of, found) if shown["refusal"] is not None or shown["units"]]
    shown = lines_of_page(rows, read_id(asked(request, "after"), 0) or 0)
    context = {
        "count": head,
        "page": shown,
        "value": sum((row["value"] for row in rows if row["value"] is not None), Decimal(0)),
        "differing": len(rows),
        "is_ready": head.state == "open" and all(row["refusal"] is None for row in rows),
        "faults": faults,
    }
    return render(request, "allocation/differences.html", context, status=status)


def lines_of_page(rows: Sequence[dict[str, Any]], after: int) -> Page[dict[str, Any]]:
    """A page of the differences; the cursor is how many lines stand before it."""
    following = after + SHEET
    return Page(rows[after:following], str(following) if len(rows) > following else "")


def difference_of(row: Difference) -> dict[str, Any]:
    """A difference as it is shown: in units, about what it is worth, and what keeps it from being posted."""
    units = None if row.counted is None else row.counted - row.on_hand
    each = row.cost_amount / row.on_hand if row.on_hand else row.standard_cost
    facts = {"product": row.product, "lot": row.lot, "free": row.on_hand - row.allocated, "allocated": row.allocated}
    refusal = None if row.code == "done" else Refused("", code=row.code, **facts)
    return {
        "row": row,
        "units": units,
        "value": None if units is None else round(units * each, row.minor_units),
        "refusal": refusal,
    }


@transaction.atomic
def refused_differences(request: MemberRequest, count_id: int, faults: Mapping[str, Fault]) -> HttpResponse:
    """The differences again, with why nothing was posted."""
    return differences_page(request, count_id, faults, status=422)


@page(needs="stock.write", methods=["POST"])
def cancel(request: MemberRequest, count_id: int) -> HttpResponse:
    """Give a count up; stock stays as the books have it."""
    reason = cleaned(request.POST.get("reason", ""), REASON_MAX)
    if not reason:
        raise Malformed("A reason is needed.", code="reason_missing")
    perform(request, cancel_count, done=_("The count was given up."), count_id=count_id, reason=reason)
    return redirect("stock-count", count_id)


@transaction.atomic
def count_now(act: Act, count_id: int) -> tuple[Count, list[CountLine]]:
    """A count and its sheet, read in a transaction of their own; raises Missing."""
    return count_of(act, count_id)


def count_of(act: Act, count_id: int) -> tuple[Count, list[CountLine]]:
    """A count and its sheet; raises Missing."""
    found = counts_before(act, before=ID_MAX, count=1, only_id=count_id)
    if not found:
        raise Missing("There is no such count.", id=count_id)
    return found[0], sql.rows("allocation/lines_of_count", CountLine, company_id=act.company_id, count_id=count_id)


def counts_before(act: Act, *, before: int, count: int, only_id: int | None = None) -> list[Count]:
    """Counts, the newest first."""
    wanted = {"before": before, "count": count, "only_id": only_id, "only_open": False}
    return sql.rows("allocation/counts_before", Count, company_id=act.company_id, **wanted)
