"""The pages of delegations, who approves for whom, and of the duties that nobody may unite."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dinghuo.journey.review import matrix_forms
from dinghuo.journey.review.matrix_forms import TypedPair
from dinghuo.journey.review.matrix_pages import APPROVERS, named
from dinghuo.journey.review.models import DutySeparation
from dinghuo.journey.review.operations import delegate, end_delegations, separate_duties
from dinghuo.journey.review.operations.duties import duties_of, pairs_in_force
from dinghuo.journey.review.rule_forms import cleaned
from dinghuo.journey.review.rule_queries import lent_roles, people_with_role
from dinghuo.journey.review.rules.approval import DelegationDraft
from dinghuo.journey.review.rules.duties import DUTIES, PAIRS_MAX, Pair
from dinghuo.kernel.errors import Refused
from dinghuo.kernel.retries import with_retries
from dinghuo.reference.access import MemberRequest, page
from dinghuo.reference.acting import perform
from dinghuo.reference.models import Role
from dinghuo.reference.paging import ID_MAX, PAGE, asked, page_of, read_day, read_id

REASON_MAX: Final = 300
USER_MAX: Final = 2**31 - 1


@dataclass(slots=True)
class TypedDelegation:
    """The form of a delegation as it was filled in, and what is wrong with it."""

    lender: str = ""
    role: str = ""
    deputy: str = ""
    from_on: str = ""
    until_on: str = ""
    reason: str = ""
    fault: str = ""
    refusal: Refused | None = None


@page(needs="approvals.read")
def delegations(request: MemberRequest) -> HttpResponse:
    """The roles that are lent, now or later, or those that were; and the form that lends one."""
    return listed(request, TypedDelegation(lender=str(request.act.actor_id), from_on=request.act.on.isoformat()))


@page(needs="orders.approve", methods=["POST"])
def add_delegation(request: MemberRequest) -> HttpResponse:
    """Lend a role for some days."""
    typed = read(request)
    draft = draft_of(typed)
    if draft is None:
        return listed(request, typed, status=422)
    outcome = with_retries(delegate, act=request.act, draft=draft)
    if not outcome.done:
        typed.refusal = Refused("", code=outcome.code, **named(dict(outcome.facts)))
        return listed(request, typed, status=409)
    messages.success(request, _("The role is lent."))
    return redirect("delegations")


@page(needs="orders.approve", methods=["POST"])
def end_delegation(request: MemberRequest, delegation_id: int) -> HttpResponse:
    """Take a lent role back from now on."""
    perform(request, end_delegations, done=_("The role was taken back."), delegation_ids=[delegation_id])
    return redirect("delegations")


def read(request: MemberRequest) -> TypedDelegation:
    """The form as it was sent; who is no administrator lends his own role."""
    is_admin = Role.ADMIN in request.membership.roles
    sent = request.POST
    return TypedDelegation(
        lender=cleaned(sent.get("lender", ""), 20) if is_admin else str(request.act.actor_id),
        role=cleaned(sent.get("role", ""), 20),
        deputy=cleaned(sent.get("deputy", ""), 20),
        from_on=cleaned(sent.get("from_on", ""), 10),
        until_on=cleaned(sent.get("until_on", ""), 10),
        reason=cleaned(sent.get("reason", ""), REASON_MAX),
    )


def draft_of(typed: TypedDelegation) -> DelegationDraft | None:
    """The delegation that the form asks for, or None, and the fault."""
    lender, deputy = read_id(typed.lender), read_id(typed.deputy)
    from_on, until_on = read_day(typed.from_on), read_day(typed.until_on)
    if lender is None or deputy is None or max(lender, deputy) > USER_MAX or typed.role not in APPROVERS:
        typed.fault = _("Say who lends which role to whom.")
    elif lender == deputy:
        typed.fault = _("Nobody lends a role to himself.")
    elif from_on is None or until_on is None or until_on < from_on:
        typed.fault = _("A delegation has a first day and a last one that is not before it.")
    elif not typed.reason:
        typed.fault = _("Say why.")
    if lender is None or deputy is None or from_on is None or until_on is None or typed.fault:
        return None
    return DelegationDraft(lender, deputy, typed.role, from_on, until_on, typed.reason)


@transaction.atomic
def listed(request: MemberRequest, typed: TypedDelegation, *, status: int = 200) -> HttpResponse:
    """The list with the form as it was filled in."""
    state = asked(request, "state") if "state" in request.GET else "lent"
    before = read_id(asked(request, "after"), ID_MAX) or ID_MAX
    company_id = request.act.company_id
    rows = lent_roles(company_id=company_id, day=request.act.on, state=state, before_id=before, count=PAGE + 1)
    people = people_with_role(company_id=company_id, roles=APPROVERS)
    context = {
        "page": page_of(rows, lambda row: str(row.id)),
        "state": state,
        "typed": typed,
        "roles": APPROVERS,
        "people": [(str(person.id), person.username) for person in people],
        "is_admin": Role.ADMIN in request.membership.roles,
        "me": request.act.actor_id,
    }
    return render(request, "review/delegations.html", context, status=status)


@page(needs="approvals.read")
def duties(request: MemberRequest) -> HttpResponse:
    """The duties that nobody may unite, why, and which roles have both by themselves."""
    pairs = pairs_in_force(request.act)
    rows = [(pair, [str(role) for role in Role if {pair.duty, pair.other} <= duties_of(role)]) for pair in pairs]
    newest = DutySeparation.objects.filter(company_id=request.act.company_id, retired_at=None).first()
    return render(request, "review/duties.html", {"rows": rows, "version": newest})


@page(needs="approvals.write", methods=["GET", "POST"])
def change_duties(request: MemberRequest) -> HttpResponse:
    """The form of the pairs in force; sent, it puts a new list in force."""
    if request.method != "POST":
        return pairs_form(request, [typed_pair(pair) for pair in pairs_in_force(request.act)])
    rows = matrix_forms.read_pairs(request.POST)
    pairs = matrix_forms.pairs_of(rows)
    if pairs is None:
        return pairs_form(request, rows, status=422)
    outcome = with_retries(separate_duties, act=request.act, pairs=pairs)
    if not outcome.done:
        return pairs_form(request, rows, refusal=Refused("", code=outcome.code, **named(dict(outcome.facts))), status=409)
    messages.success(request, _("The duties were changed: version %(version)s is in force.") % outcome.facts)
    return redirect("duties")


def typed_pair(pair: Pair) -> TypedPair:
    """The row of a pair that is in force."""
    return TypedPair(pair.duty, pair.other, pair.reason)


def pairs_form(
    request: MemberRequest, rows: Sequence[TypedPair], *, refusal: Refused | None = None, status: int = 200
) -> HttpResponse:
    """The form with what was typed, two empty rows below it."""
    blank = [TypedPair() for _row in range(min(2, max(PAIRS_MAX - len(rows), 0)))]
    context = {"rows": [*rows, *blank], "duties": DUTIES, "refusal": refusal, "is_faulty": any(row.fault for row in rows)}
    return render(request, "review/duties_form.html", context, status=status)
