"""The pages of the approval matrix: who approves what, since when, and the form that changes it."""

from typing import Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dinghuo.journey.review import matrix_forms
from dinghuo.journey.review.matrix_forms import TypedMatrix
from dinghuo.journey.review.models import ApprovalBand
from dinghuo.journey.review.operations import set_matrix
from dinghuo.journey.review.operations.matrix import RIGHT
from dinghuo.journey.review.rule_queries import MatrixVersion, matrix_versions, people_with_role
from dinghuo.journey.review.rules.approval import Band
from dinghuo.kernel.errors import Missing, Refused
from dinghuo.kernel.retries import with_retries
from dinghuo.reference.access import PERMISSIONS, MemberRequest, page
from dinghuo.reference.models import Role
from dinghuo.reference.paging import ID_MAX, asked, page_of, read_id

VERSIONS: Final = 20
APPROVERS: Final = tuple(str(role) for role in Role if role in PERMISSIONS[RIGHT])


@page(needs="approvals.read")
def matrix(request: MemberRequest) -> HttpResponse:
    """The matrix in force, or the version that the address names, and all versions with who made them."""
    versions = versions_of(request, read_id(asked(request, "after"), ID_MAX) or ID_MAX, VERSIONS + 1)
    head = version_named(request)
    found = page_of(versions, lambda row: str(row.id), VERSIONS)
    bands = bands_of(request, head) if head else []
    people = {person.id: person.username for person in people_with_role(company_id=request.act.company_id, roles=APPROVERS)}
    deputies = {role: people.get(user_id, "–") for role, user_id in head.deputies.items()} if head else {}
    context = {"page": found, "head": head, "bands": bands, "deputies": deputies}
    return render(request, "review/matrix.html", context)


@page(needs="approvals.write", methods=["GET", "POST"])
def change_matrix(request: MemberRequest) -> HttpResponse:
    """The form of the matrix in force, or of the version to restore; sent, it puts the next version in force."""
    if request.method != "POST":
        head = version_named(request)
        newest = versions_of(request, ID_MAX, 1)
        return form(
            request, matrix_forms.as_typed(head, bands_of(request, head) if head else [], newest[0].version if newest else 0)
        )
    typed = matrix_forms.read_matrix(request.POST, APPROVERS)
    if "more" in request.POST:
        return form(request, typed)
    draft = matrix_forms.matrix_of(typed)
    if draft is None:
        return form(request, typed, status=422)
    outcome = with_retries(set_matrix, act=request.act, draft=draft, seen=read_id(typed.seen, 0))
    if outcome.code == "version_conflict":
        typed.faults.append(_("Somebody else changed the matrix meanwhile: version %(version)s is the newest.") % outcome.facts)
        return form(request, typed, status=409)
    if not outcome.done:
        matrix_forms.name_faults(typed, dict(outcome.facts))
        return form(request, typed, refusal=Refused("", code=outcome.code, **named(dict(outcome.facts))), status=409)
    messages.success(request, _("The matrix was changed: version %(version)s is in force.") % outcome.facts)
    return redirect("matrix")


def named(facts: dict[str, object]) -> dict[str, object]:
    """The facts of a refusal but for the words in them, which are for programs."""
    return {name: fact for name, fact in facts.items() if name not in {"message", "code"}}


def versions_of(request: MemberRequest, before_id: int, count: int) -> list[MatrixVersion]:
    """Versions of the company's matrix, the newest first."""
    return matrix_versions(company_id=request.act.company_id, before_id=before_id, count=count)


def version_named(request: MemberRequest) -> MatrixVersion | None:
    """The version that the address names, else the one in force, None without any; raises Missing for an unknown one."""
    wanted = read_id(asked(request, "version"))
    if wanted is None:
        newest = versions_of(request, ID_MAX, 1)
        return newest[0] if newest else None
    found = versions_of(request, min(wanted + 1, ID_MAX), 1)
    if not found or found[0].id != wanted:
        raise Missing("There is no such version.", id=wanted)
    return found[0]


def bands_of(request: MemberRequest, head: MatrixVersion) -> list[Band]:
    """The bands of a version, in their order."""
    rows = ApprovalBand.objects.filter(company_id=request.act.company_id, matrix_id=head.id).order_by("position")
    return [
        Band(tuple(row.roles), row.amount_over, row.amount_up_to, row.margin_from, row.margin_below, row.customer_class)
        for row in rows
    ]


@transaction.atomic
def form(request: MemberRequest, typed: TypedMatrix, *, refusal: Refused | None = None, status: int = 200) -> HttpResponse:
    """The form with what was typed, and what is wrong with it."""
    people = people_with_role(company_id=request.act.company_id, roles=APPROVERS)
    context = {
        "typed": typed,
        "refusal": refusal,
        "roles": APPROVERS,
        "deputies": [(role, typed.deputies.get(role, "")) for role in APPROVERS],
        "people": [(str(person.id), person.username) for person in people],
    }
    return render(request, "review/matrix_form.html", context, status=status)
