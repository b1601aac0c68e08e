"""The pages of runs: simulate a policy, follow it, look at who gains and who loses, post it or drop it."""

from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRefresh

from dinghuo.journey.allocation import differences
from dinghuo.journey.allocation.differences import RunListed
from dinghuo.journey.allocation.differences_shown import (
    SORTS,
    ClassChanged,
    LineSearch,
    ProductChanged,
    changed_classes,
    changes_since,
    shown_lines,
)
from dinghuo.journey.allocation.models import AllocationPolicy, PolicyRunProduct
from dinghuo.journey.allocation.operations.posting import finish_posting, post_run
from dinghuo.journey.allocation.operations.runs import ask_run, compute_run, drop_run, waiting_lines
from dinghuo.journey.allocation.operations.working import LINES_AT_ONCE, are_few
from dinghuo.kernel import sql
from dinghuo.kernel.errors import Missing, Refused, the_only
from dinghuo.kernel.retries import with_retries
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.access import MemberRequest, page
from dinghuo.reference.acting import move_later, perform, tell_refusal
from dinghuo.reference.exports import EXPORT_MAX, exported
from dinghuo.reference.models import Customer
from dinghuo.reference.paging import ID_MAX, PAGE, asked, page_of, read_id
from dinghuo.reference.typed_text import cleaned

WHICH: Final = ("all", "gain", "lose")
AT_WORK: Final = frozenset({"asked", "computing", "posting"})
SHOWN_WITH_CHANGES: Final = frozenset({"simulated", "posting", "posted"})
CUSTOMERS_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class OrderOf:
    """An order that a run was about."""

    id: int


@page(needs="stock.read")
def policy_runs(request: MemberRequest) -> HttpResponse:
    """The runs of policies, the newest first, and the form that starts one."""
    company_id = request.act.company_id
    found = differences.runs(company_id=company_id, before=read_id(asked(request, "after")) or ID_MAX, count=PAGE + 1)
    policies = AllocationPolicy.objects.filter(company_id=company_id, retired_at=None).order_by("code")
    context = {"page": page_of(found, lambda run: str(run.id)), "policies": policies, "chosen": asked(request, "policy")}
    return render(request, "allocation/runs.html", context)


@page(needs="stock.allocate", methods=["POST"])
def start_run(request: MemberRequest) -> HttpResponse:
    """Simulate a policy: a small run at once, a large one by the worker while the page shows how far it is."""
    is_small = are_few(waiting_lines(act=request.act, most=LINES_AT_ONCE + 1))
    done = _("The policy was simulated; nothing has changed yet.")
    if not is_small:
        done = _("The run is large: it is computed in the background, and this page shows how far it is.")
    made = perform(request, ask_run, done=done, policy_code=cleaned(request.POST.get("policy", ""), 40))
    if made is None:
        return redirect("policy-runs")
    if is_small:
        compute_run(act=request.act, run_id=made.id)
    return redirect("policy-run", made.id)


@page(needs="stock.read")
def policy_run(request: MemberRequest, run_id: int) -> HttpResponse:
    """A run: how far it has come, who gains and who loses by it, its proofs, and what may be done with it."""
    return run_page(request, run_id)


def run_page(request: MemberRequest, run_id: int, *, overtaken: list[ProductChanged] | None = None) -> HttpResponse:
    """The page of a run; with the products that changed when it could not be posted."""
    company_id = request.act.company_id
    run = run_of(request, run_id)
    context: dict[str, Any] = {"run": run, "search": search_of(request), "problems": problems(run), "overtaken": overtaken}
    if run.state in SHOWN_WITH_CHANGES:
        lines = shown_lines(company_id=company_id, run_id=run_id, search=context["search"], count=PAGE + 1)
        classes = changed_classes(company_id=company_id, run_id=run_id)
        customers = differences.changed_customers(company_id=company_id, run_id=run_id, count=CUSTOMERS_SHOWN)
        named = Customer.objects.filter(company_id=company_id).in_bulk([row.customer_id for row in customers])
        context |= {
            "page": page_of(lines, lambda line: line.cursor),
            "classes": classes,
            "customers": [(row, named.get(row.customer_id)) for row in customers],
            "charts": chart(run_id, classes),
            "amount": sum((row.amount_gained - row.amount_lost for row in classes), start=run.units_gained * 0),
            "promises_won": sum(row.promises_won for row in classes),
            "promises_lost": sum(row.promises_lost for row in classes),
        }
    return render(request, "allocation/run.html", context, status=409 if overtaken else 200)


def problems(run: RunListed) -> list[Refused]:
    """Why a run cannot be posted, or what of it was left out, as refusals that the page puts into words."""
    return [
        Refused("", code=problem["code"], **{name: fact for name, fact in problem.items() if name not in {"code", "message"}})
        for problem in run.problems
    ]


def search_of(request: MemberRequest) -> LineSearch:
    """What the form over the changed lines asks for; what makes no sense is left out."""
    which, sort = asked(request, "which"), asked(request, "sort")
    return LineSearch(
        which=which if which in WHICH else "all",
        customer_class=asked(request, "class")[:4],
        wanted=asked(request, "q"),
        sort=sort if sort in SORTS else "loss",
        after=asked(request, "after"),
    )


def chart(run_id: int, classes: list[ClassChanged]) -> dict[str, Any]:
    """What the picture draws: units gained above the line and units lost below it, by class; a bar leads to its lines."""
    address = reverse("policy-run", args=[run_id])
    return {
        "language": "ZH" if (get_language() or "").startswith("zh") else "EN",
        "classes": {
            "labels": [row.customer_class for row in classes],
            "series": [
                {"name": _("Units gained"), "values": [str(row.units_gained) for row in classes]},
                {"name": _("Units lost"), "values": [str(-row.units_lost) for row in classes]},
            ],
            "links": [f"{address}?class={row.customer_class}#lines" for row in classes],
        },
    }


@page(needs="stock.read")
def run_progress(request: MemberRequest, run_id: int) -> HttpResponse:
    """How far a run is, for the page that shows it; when it has come to rest, that page is loaded anew."""
    run = run_of(request, run_id)
    if run.state not in AT_WORK:
        return HttpResponseClientRefresh()
    return render(request, "allocation/_progress.html", {"run": run})


@page(needs="stock.read")
def run_file(request: MemberRequest, run_id: int) -> HttpResponse:
    """The lines that a run changes as a file for spreadsheets, as they are searched and sorted."""
    run_of(request, run_id)
    lines = shown_lines(company_id=request.act.company_id, run_id=run_id, search=search_of(request), count=EXPORT_MAX)
    columns = [
        _("Order"), _("Line"), _("Customer"), _("Class"), _("Product"), _("Wanted"), _("Had"), _("Gets"), _("Change"), _("Amount"),
        _("Requested on"), _("Reason"),
    ]  # fmt: skip
    rows = (
        [
            line.order_number, line.position, line.customer, line.customer_class, line.product, line.wanted, line.had, line.given,
            line.change, line.amount, line.requested_on, line.reason_code,
        ]
        for line in lines
    )  # fmt: skip
    return exported(f"run-{run_id}", asked(request, "as"), columns, rows)


@page(needs="stock.allocate", methods=["POST"])
def post(request: MemberRequest, run_id: int) -> HttpResponse:
    """Post a run; where what it was computed from has changed, say what, and leave everything as it is."""
    try:
        the_only([with_retries(post_run, act=request.act, run_id=run_id)])
    except Missing:
        raise
    except Refused as refusal:
        tell_refusal(request, refusal)
        return refused(request, run_id, refusal)
    with transaction.atomic():
        run = run_of(request, run_id)
    if are_few(run.lines):
        finish_posting(act=request.act, run_id=run_id)
        move_later(request, request.act, orders_of(request.act, run_id))
        messages.success(request, _("The run was posted."))
    else:
        messages.info(request, _("The run is being posted, part by part, while everybody else goes on working."))
    return redirect("policy-run", run_id)


@transaction.atomic
def orders_of(act: Act, run_id: int) -> list[int]:
    """The orders whose lines a run was about."""
    decisions = PolicyRunProduct.objects.filter(company_id=act.company_id, policy_run_id=run_id)
    asked = {"decision_ids": list(decisions.values_list("id", flat=True))}
    return [row.id for row in sql.rows("allocation/orders_of_decisions", OrderOf, company_id=act.company_id, **asked)]


def refused(request: MemberRequest, run_id: int, refusal: Refused) -> HttpResponse:
    """The answer when a run cannot be posted."""
    if refusal.reason != "inputs_changed":
        return redirect("policy-run", run_id)
    with transaction.atomic():
        run = run_of(request, run_id)
        codes = list(refusal.facts.get("products", ()))
        changed = changes_since(company_id=request.act.company_id, codes=codes, since=run.asked_at)
        return run_page(request, run_id, overtaken=changed)


@page(needs="stock.allocate", methods=["POST"])
def drop(request: MemberRequest, run_id: int) -> HttpResponse:
    """Drop a run that was not posted, or stop one that is being computed."""
    perform(request, drop_run, done=_("The run was dropped; nothing has changed."), run_id=run_id)
    return redirect("policy-run", run_id)


def run_of(request: MemberRequest, run_id: int) -> RunListed:
    """One run; raises Missing."""
    found = differences.run_named(company_id=request.act.company_id, run_id=run_id)
    if found is None:
        raise Missing("There is no such run.", id=run_id)
    return found
