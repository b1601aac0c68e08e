"""The pages of one order line: why it has what it has, and from whom more could be taken for it."""

from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dinghuo.journey.allocation.explanations import explanation
from dinghuo.journey.allocation.models import StockSwap
from dinghuo.journey.allocation.operations.swaps import Donation, Donor, donors, proposed, swap_stock, undo_swap
from dinghuo.journey.allocation.rules.stock import is_quantity
from dinghuo.journey.allocation.sentences import sentences
from dinghuo.journey.allocation.short_lists import swaps
from dinghuo.journey.ordering.models import SalesOrderLine
from dinghuo.kernel.errors import Missing, Refused
from dinghuo.kernel.retries import with_retries
from dinghuo.reference.access import MemberRequest, page
from dinghuo.reference.acting import perform, tell_refusal
from dinghuo.reference.paging import asked, read_id
from dinghuo.reference.typed_text import cleaned, number

REASON_MAX = 300


@dataclass(frozen=True, slots=True)
class TypedDonor:
    """A line that could give, what was typed for it, and what is wrong with that."""

    donor: Donor
    text: str
    fault: Refused | str | None = None


@page(needs="stock.read")
def why(request: MemberRequest, line_id: int) -> HttpResponse:
    """Why a line has what it has, by the last run or by the one that the address names."""
    company_id = request.act.company_id
    found = explanation(company_id=company_id, line_id=line_id, run_id=read_id(asked(request, "run")))
    line = line_of(request, line_id)
    context = {
        "found": found,
        "line": line,
        "told": sentences(found),
        "lacks": line.order.state == "released" and line.allocated < line.ordered,
        "swaps": swaps(company_id=company_id, line_id=line_id),
    }
    return render(request, "allocation/why.html", context)


@page(needs="stock.allocate")
def who_could_give(request: MemberRequest, line_id: int) -> HttpResponse:
    """The lines that could give units to one that lacks them, the least damage first, with what is proposed."""
    found = donors(act=request.act, line_id=line_id)
    parts = {part.line_id: part.quantity for part in proposed(found, found[0].lacking)} if found else {}
    typed = [TypedDonor(donor, plain(parts.get(donor.line_id))) for donor in found]
    return donors_page(request, line_id, typed)


def plain(quantity: Decimal | None) -> str:
    """A quantity as somebody would type it."""
    return "" if quantity is None else format(quantity.normalize() + 0, "f")


def donors_page(
    request: MemberRequest, line_id: int, typed: list[TypedDonor], *, reason: str = "", fault: str = "", status: int = 200
) -> HttpResponse:
    """The page with what was typed for each donor."""
    line = line_of(request, line_id)
    context = {
        "line": line,
        "lacking": line.ordered - line.allocated,
        "typed": typed,
        "reason": reason,
        "fault": fault,
        "swaps": swaps(company_id=request.act.company_id, line_id=line_id),
    }
    return render(request, "allocation/donors.html", context, status=status)


@page(needs="stock.allocate", methods=["POST"])
def take(request: MemberRequest, line_id: int) -> HttpResponse:
    """Take what was typed from other lines and give it to this one, all or nothing."""
    reason = cleaned(request.POST.get("reason", ""), REASON_MAX)
    with transaction.atomic():
        line_of(request, line_id)
        typed = [read(request, donor) for donor in donors(act=request.act, line_id=line_id)]
    donations = [Donation(each.donor.line_id, number(each.text) or Decimal(0)) for each in typed if each.text]
    fault = ""
    if not reason:
        fault = _("Say why.")
    elif not donations:
        fault = _("Take something from at least one line.")
    if not fault and not any(each.fault for each in typed):
        outcomes = with_retries(swap_stock, act=request.act, taker_line_id=line_id, donations=donations, reason=reason)
        refused = {outcome.id: Refused("", code=outcome.code, **outcome.facts) for outcome in outcomes if not outcome.done}
        if not refused:
            messages.success(request, _("The units were moved."))
            return redirect("line-why", line_id)
        typed = [TypedDonor(each.donor, each.text, refused.get(each.donor.line_id)) for each in typed]
        if line_id in refused:
            tell_refusal(request, refused[line_id])
    with transaction.atomic():
        return donors_page(request, line_id, typed, reason=reason, fault=fault, status=422)


def read(request: MemberRequest, donor: Donor) -> TypedDonor:
    """What was typed for a donor."""
    text = cleaned(request.POST.get(f"take-{donor.line_id}", ""), 40)
    quantity = number(text) if text else None
    is_wrong = bool(text) and (quantity is None or (quantity != 0 and not is_quantity(quantity)))
    return TypedDonor(donor, "" if quantity == 0 else text, _("A quantity above zero is wanted here.") if is_wrong else None)


@page(needs="stock.allocate", methods=["POST"])
def give_back(request: MemberRequest, swap_id: int) -> HttpResponse:
    """Give back what was taken from another line."""
    with transaction.atomic():
        swap = StockSwap.objects.filter(company_id=request.act.company_id, id=swap_id).first()
    if swap is None:
        raise Missing("There is no such swap.", id=swap_id)
    perform(request, undo_swap, done=_("The units were given back."), swap_id=swap_id)
    return redirect("line-why", swap.taker_line_id)


def line_of(request: MemberRequest, line_id: int) -> SalesOrderLine:
    """A line with its order and product; raises Missing."""
    ours = SalesOrderLine.objects.filter(company_id=request.act.company_id, id=line_id)
    found = ours.select_related("order__customer", "product").first()
    if found is None:
        raise Missing("There is no such line.", id=line_id)
    return found
