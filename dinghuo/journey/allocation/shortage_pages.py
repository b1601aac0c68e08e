"""The pages of short lines: what can be done about each, what the customer was asked, who waits for what, and substitutes."""

from datetime import date
from typing import Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from dinghuo.journey.allocation.models import ShortageProposal
from dinghuo.journey.allocation.models.shortages import ProposalKind
from dinghuo.journey.allocation.operations.shortage_questions import ask_customers
from dinghuo.journey.allocation.operations.shortages import UNDOABLE, accept_proposal, propose, undo_proposal
from dinghuo.journey.allocation.short_lists import ShortSearch, pegs, proposals_of, short_rows
from dinghuo.journey.allocation.shortages_api import NEEDS
from dinghuo.kernel.errors import Missing, Outcome
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.access import MemberRequest, page
from dinghuo.reference.acting import move_later, perform, perform_all
from dinghuo.reference.exports import EXPORT_MAX, exported
from dinghuo.reference.paging import PAGE, asked, day_cursor, page_of, read_day_cursor, read_id

DAY_MIN: Final = date(1, 1, 1)
# What cannot be taken back with a click is asked about first.
CONFIRMED: Final = frozenset(ProposalKind.values) - {kind.value for kind in UNDOABLE}


@page(needs="stock.read")
def shortages(request: MemberRequest) -> HttpResponse:
    """The lines that are short, the oldest first, each with its ranked proposals."""
    company_id, search = request.act.company_id, search_of(request)
    if asked(request, "as"):
        return short_file(request, search)
    found = page_of(short_rows(company_id=company_id, search=search, count=PAGE + 1), lambda row: str(row.id))
    proposed = proposals_of(company_id=company_id, shortage_ids=[row.id for row in found.rows])
    may = request.membership.may
    context = {
        "page": found,
        "short": [(row, proposed.get(row.id, [])) for row in found.rows],
        "search": search,
        "confirmed": CONFIRMED,
        "undoable": {kind.value for kind in UNDOABLE},
        "allowed": {kind.value for kind, needed in NEEDS.items() if may(needed) and may("stock.allocate")},
    }
    return render(request, "allocation/shortages.html", context)


def search_of(request: MemberRequest) -> ShortSearch:
    """What the list's form asks for; what makes no sense is left out."""
    return ShortSearch(
        wanted=asked(request, "q"),
        is_asked={"yes": True, "no": False}.get(asked(request, "asked")),
        after=read_id(asked(request, "after"), 0) or 0,
    )


def short_file(request: MemberRequest, search: ShortSearch) -> HttpResponse:
    """The short lines as a file for spreadsheets."""
    columns = [
        _("Order"), _("Line"), _("Customer"), _("Class"), _("Product"), _("Ordered"), _("Allocated"), _("Missing"),
        _("Requested on"), _("Promised on"),
    ]  # fmt: skip
    rows = (
        [
            row.order_number, row.position, row.customer, row.customer_class, row.product, row.ordered, row.allocated, row.missing,
            row.requested_on, row.promised_on,
        ]
        for row in short_rows(company_id=request.act.company_id, search=search, count=EXPORT_MAX)
    )  # fmt: skip
    return exported("short-lines", asked(request, "as"), columns, rows)


@page(needs="stock.allocate", methods=["POST"])
def look(request: MemberRequest) -> HttpResponse:
    """Propose what can be done: for one short line again, or for all that nobody has looked at."""
    shortage_id = read_id(request.POST.get("shortage", ""))
    if shortage_id is None:
        perform_all(request, propose)
        return redirect("shortages")
    perform(request, propose, done=_("The line was looked at again."), shortage_ids=[shortage_id])
    return back(request)


@page(needs="stock.allocate", methods=["POST"])
def accept(request: MemberRequest, proposal_id: int) -> HttpResponse:
    """Carry out a proposal, for whoever may do what it does."""
    if may_decide(request, proposal_id):
        made = perform(request, accept_proposal, done=_("Done as proposed."), proposal_id=proposal_id)
        if made is not None:
            move_later(request, request.act, orders_of(request.act, proposal_id))
    return back(request)


@transaction.atomic
def orders_of(act: Act, proposal_id: int) -> list[int]:
    """The order that a proposal is about, and the one that a split made of it."""
    found = ShortageProposal.objects.filter(company_id=act.company_id, id=proposal_id)
    kind, made, order_id = found.values_list("kind", "document_id", "shortage__order_line__order_id").get()
    return [order_id, made] if kind == ProposalKind.SPLIT and made is not None else [order_id]


@page(needs="stock.allocate", methods=["POST"])
def undo(request: MemberRequest, proposal_id: int) -> HttpResponse:
    """Take back a proposal that was carried out, as long as nothing of it has moved."""
    if may_decide(request, proposal_id):
        perform(request, undo_proposal, done=_("Taken back."), proposal_id=proposal_id)
    return back(request)


@transaction.atomic
def may_decide(request: MemberRequest, proposal_id: int) -> bool:
    """Whether the member may do what a proposal does; says so when not. Raises Missing."""
    row = ShortageProposal.objects.filter(company_id=request.act.company_id, id=proposal_id).first()
    if row is None:
        raise Missing("There is no such proposal.", id=proposal_id)
    if request.membership.may(NEEDS[ProposalKind(row.kind)]):
        return True
    messages.error(request, _("Your role may not do that; somebody of sales or of the warehouse can."))
    return False


@page(needs="stock.allocate", methods=["POST"])
def ask(request: MemberRequest, shortage_id: int) -> HttpResponse:
    """Ask a customer what it wants; the link that lets it answer without signing in is shown once, to be sent."""

    def operation(*, act: Act) -> list[Outcome]:
        return ask_customers(act=act, shortage_ids=[shortage_id])

    made = perform(request, operation, done=_("The question was written down."))
    if made is None:
        return back(request)
    link = request.build_absolute_uri(f"{reverse('shortage-answer')}?token={made.facts['token']}")
    return render(request, "allocation/asked.html", {"text": made.facts["text"], "link": link})


@page(needs="stock.read")
def pegged(request: MemberRequest) -> HttpResponse:
    """Which waiting lines count on which goods on their way in, the first to come first."""
    after = read_day_cursor(asked(request, "after"), (DAY_MIN, 0))
    rows = pegs(company_id=request.act.company_id, wanted=asked(request, "q"), after=after, count=PAGE + 1)
    context = {"page": page_of(rows, lambda row: day_cursor(row.expected_on, row.id)), "wanted": asked(request, "q")}
    return render(request, "allocation/pegs.html", context)


def back(request: MemberRequest) -> HttpResponse:
    """Back to the list of short lines, as it was narrowed."""
    wanted = request.POST.get("wanted", "").replace("\x00", "")[:100]
    return redirect(reverse("shortages", query={"q": wanted} if wanted else None))
