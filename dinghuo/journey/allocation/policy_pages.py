"""The pages of policies: which there are, what each says, how it is changed, restored and scheduled."""

import json

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dinghuo.journey.allocation.models import AllocationPolicy, PolicySchedule
from dinghuo.journey.allocation.operations.policies import (
    PolicyDraft,
    ScheduleDraft,
    add_policy,
    change_policy,
    end_schedule,
    retire_policy,
    schedule_policy,
)
from dinghuo.journey.allocation.policy_form import TypedPolicy, definition_of, filled, fits, place_fault, read
from dinghuo.journey.allocation.policy_templates import STARTS, start_of
from dinghuo.kernel.errors import Missing, Outcome, Refused
from dinghuo.kernel.retries import with_retries
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.access import MemberRequest, page
from dinghuo.reference.acting import perform
from dinghuo.reference.paging import ID_MAX, PAGE, asked, page_of, read_id
from dinghuo.reference.typed_text import cleaned

WEEKDAYS = (
    ("1", gettext_lazy("Mon")), ("2", gettext_lazy("Tue")), ("3", gettext_lazy("Wed")), ("4", gettext_lazy("Thu")),
    ("5", gettext_lazy("Fri")), ("6", gettext_lazy("Sat")), ("7", gettext_lazy("Sun")),
)  # fmt: skip
HOURS = range(24)


@page(needs="stock.read")
def policies(request: MemberRequest) -> HttpResponse:
    """Policies with all their versions, the newest first, when they run by themselves, and what to start a new one from."""
    ours = AllocationPolicy.objects.filter(company_id=request.act.company_id)
    found = ours.filter(id__lt=read_id(asked(request, "after")) or ID_MAX).order_by("-id")
    context = {
        "page": page_of(list(found[: PAGE + 1]), lambda policy: str(policy.pk)),
        "starts": STARTS,
        "in_force": ours.filter(retired_at=None).order_by("code"),
        "schedules": [
            (schedule, [label for day, label in WEEKDAYS if day in schedule.weekdays])
            for schedule in PolicySchedule.objects.filter(company_id=request.act.company_id, ended_at=None).order_by("id")
        ],
        "weekdays": WEEKDAYS,
        "hours": HOURS,
    }
    return render(request, "allocation/policies.html", context)


@page(needs="stock.read")
def policy(request: MemberRequest, policy_id: int) -> HttpResponse:
    """What a version of a policy says; the one in force can be changed by whoever may."""
    return policy_page(request, policy_of(request, policy_id))


def policy_page(request: MemberRequest, row: AllocationPolicy, typed: TypedPolicy | None = None) -> HttpResponse:
    """The page of a policy, with the form as it was typed when it was refused."""
    may_write = request.membership.may("policies.write")
    versions = AllocationPolicy.objects.filter(company_id=row.company_id, code=row.code).order_by("-version")[:PAGE]
    context = {
        "policy": row,
        "typed": typed or filled(row.code, row.name, row.definition),
        "may_write": may_write,
        "is_open": may_write and row.retired_at is None and fits(row.definition),
        "fits": fits(row.definition),
        "versions": versions,
        "as_data": json.dumps(row.definition, ensure_ascii=False, indent=2),
    }
    return render(request, "allocation/policy.html", context, status=422 if typed else 200)


@page(needs="policies.write", methods=["GET", "POST"])
def new_policy(request: MemberRequest) -> HttpResponse:
    """The form for a new policy, empty or filled in from one to start from; sent, it puts the policy in force."""
    if request.method != "POST":
        start = start_of(asked(request, "start"))
        typed = filled(start.code, str(start.title), start.definition) if start else filled("", "", {})
        return new_page(request, typed)
    typed = read(request.POST)
    made = put(request, typed)
    if made is None:
        return new_page(request, typed, status=422)
    messages.success(request, _("The policy is in force."))
    return redirect("policy", made.id)


def new_page(request: MemberRequest, typed: TypedPolicy, *, status: int = 200) -> HttpResponse:
    """The form for a new policy."""
    return render(request, "allocation/policy_new.html", {"typed": typed, "starts": STARTS, "is_open": True}, status=status)


@page(needs="policies.write", methods=["POST"])
def change(request: MemberRequest, policy_id: int) -> HttpResponse:
    """Put the next version of a policy in force."""
    with transaction.atomic():
        row = policy_of(request, policy_id)
    typed = read(request.POST)
    typed.code = row.code
    made = put(request, typed, policy_id)
    if made is None:
        with transaction.atomic():
            return policy_page(request, row, typed)
    messages.success(request, _("The next version is in force."))
    return redirect("policy", made.id)


def put(request: MemberRequest, typed: TypedPolicy, policy_id: int | None = None) -> Outcome | None:
    """Put what was typed in force; None when it was refused, each fault then stands in the form."""
    draft = PolicyDraft(typed.code, typed.name, definition_of(typed))
    if typed.is_faulty:
        return None
    if policy_id is None:
        made = with_retries(add_policy, act=request.act, draft=draft)
    else:
        made = with_retries(change_policy, act=request.act, policy_id=policy_id, draft=draft)
    if made.done:
        return made
    place_fault(
        typed, Refused("", code=in_form(made.code), **{name: fact for name, fact in made.facts.items() if name != "message"})
    )
    return None


def in_form(code: str) -> str:
    """A refusal's code as the form tells it: another policy's version is another matter than an order's."""
    return "policy_changed" if code == "version_conflict" else code


@page(needs="policies.write", methods=["POST"])
def restore(request: MemberRequest, policy_id: int) -> HttpResponse:
    """Put what an older version says in force again, as the next version."""
    made = perform(
        request, restored, done=_("What the older version says is in force again, as a new version."), policy_id=policy_id
    )
    return redirect("policy", made.id if made else policy_id)


@transaction.atomic
def restored(*, act: Act, policy_id: int) -> Outcome:
    """The outcome of putting an older version in force again. Raises Missing."""
    row = AllocationPolicy.objects.filter(company_id=act.company_id, id=policy_id).first()
    if row is None:
        raise Missing("There is no such policy.", id=policy_id)
    draft = PolicyDraft(row.code, row.name, row.definition)
    present = AllocationPolicy.objects.filter(company_id=act.company_id, code=row.code, retired_at=None).first()
    if present is None:
        return add_policy(act=act, draft=draft)
    return change_policy(act=act, policy_id=present.pk, draft=draft)


@page(needs="policies.write", methods=["POST"])
def retire(request: MemberRequest, policy_id: int) -> HttpResponse:
    """Take a policy out of force."""
    perform(request, retire_policy, done=_("The policy is out of force; its schedules have ended."), policy_id=policy_id)
    return redirect("policies")


@page(needs="policies.write", methods=["POST"])
def schedule(request: MemberRequest) -> HttpResponse:
    """Let a policy run by itself."""
    days = "".join(day for day, _label in WEEKDAYS if day in request.POST.getlist("weekday"))
    hour = read_id(request.POST.get("hour", ""), 0) or 0
    draft = ScheduleDraft(cleaned(request.POST.get("policy", ""), 40), days, hour, request.POST.get("posts") == "1")
    if days:
        perform(request, schedule_policy, done=_("The policy runs by itself from now on."), draft=draft)
    else:
        messages.error(request, _("Choose at least one day of the week."))
    return redirect("policies")


@page(needs="policies.write", methods=["POST"])
def end(request: MemberRequest, schedule_id: int) -> HttpResponse:
    """Stop a policy from running by itself."""
    perform(request, end_schedule, done=_("The policy runs by itself no more."), schedule_id=schedule_id)
    return redirect("policies")


def policy_of(request: MemberRequest, policy_id: int) -> AllocationPolicy:
    """One version of a policy; raises Missing."""
    found = AllocationPolicy.objects.filter(company_id=request.act.company_id, id=policy_id).first()
    if found is None:
        raise Missing("There is no such policy.", id=policy_id)
    return found
