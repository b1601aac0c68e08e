"""Policies over the API: what they say, when they run by themselves, and what customers, orders and lines are owed."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from ninja import Query, Router
from pydantic import Field

from dinghuo.journey.allocation.models import AllocationPolicy, PolicySchedule
from dinghuo.journey.allocation.operations.policies import (
    PolicyDraft,
    ScheduleDraft,
    add_policy,
    agree_terms,
    change_policy,
    end_schedule,
    retire_policy,
    schedule_policy,
)
from dinghuo.kernel.errors import the_only
from dinghuo.reference.bearers import ApiRequest
from dinghuo.reference.routes import route
from dinghuo.reference.wire import Asked, BodyId, Code, Facts, Flag, Id, Page, Paging, Text, Title, page_of

router = Router(tags=["allocation"])


@dataclass(frozen=True, slots=True)
class Policy:
    """A version of a policy; one that is retired is out of force."""

    id: int
    code: str
    policy_version: int
    name: str
    definition: Facts
    created_at: datetime
    created_by_id: int | None
    retired_at: datetime | None


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a policy runs by itself; without a policy it is the default one. Weekdays are ISO digits, 1 is Monday."""

    id: int
    policy: str
    weekdays: str
    hour: int
    posts: bool
    last_ran_on: date | None


@dataclass(frozen=True, slots=True)
class Changed:
    """What was made, changed or ended."""

    id: int


class PolicyAsked(Asked):
    """A policy as data; docs/rules/allocation.md describes the definition."""

    code: Code
    name: Title = ""
    definition: dict[str, Any] = Field(default={}, examples=[{"ranking": ["customer_class", "requested_on"]}])


class ScheduleAsked(Asked):
    """When a policy is to run, and whether it is posted without anybody looking."""

    policy: Code | None = None
    weekdays: Annotated[str, Text(most=7, least=1, pattern=r"^[1-7]+$")] = "1234567"
    hour: Annotated[int, Field(strict=True, ge=0, le=23)] = 0
    posts: Flag = False


class TermsAsked(Asked):
    """What one customer, order or line takes at all; shares are thousandths."""

    customer_id: BodyId | None = None
    order_id: BodyId | None = None
    order_line_id: BodyId | None = None
    terms: dict[str, Any] = Field(examples=[{"complete_lines": True, "minimum_life_days": 30}])


@route(router, "GET /allocation-policies", needs="stock.read")
def list_allocation_policies(request: ApiRequest, wanted: Query[Paging]) -> Page[Policy]:
    """List policies with all their versions, the newest first."""
    found = AllocationPolicy.objects.filter(company_id=request.act.company_id, id__lt=wanted.before).order_by("-id")
    shown = [
        Policy(row.pk, row.code, row.version, row.name, row.definition, row.created_at, row.created_by_id, row.retired_at)
        for row in found[: wanted.count]
    ]
    return page_of(shown, wanted)


@route(router, "POST /allocation-policies", needs="policies.write", status=201)
def add_allocation_policy(request: ApiRequest, asked: PolicyAsked) -> Changed:
    """Put a policy in force. What cannot be is refused with a code and its place; a code in use with `version_conflict`."""
    draft = PolicyDraft(asked.code, asked.name, asked.definition)
    return Changed(the_only([add_policy(act=request.act, draft=draft)]).id)


@route(router, "POST /allocation-policies/{policy_id}/change", needs="policies.write", status=201)
def change_allocation_policy(request: ApiRequest, policy_id: Id, asked: PolicyAsked) -> Changed:
    """Retire a version and put the next one in force. Refused with `version_conflict` when it is not the one in force."""
    draft = PolicyDraft(asked.code, asked.name, asked.definition)
    return Changed(the_only([change_policy(act=request.act, policy_id=policy_id, draft=draft)]).id)


@route(router, "POST /allocation-policies/{policy_id}/retire", needs="policies.write")
def retire_allocation_policy(request: ApiRequest, policy_id: Id) -> Changed:
    """Take a policy out of force and end its schedules; its runs stay on record."""
    return Changed(the_only([retire_policy(act=request.act, policy_id=policy_id)]).id)


@route(router, "GET /allocation-schedules", needs="stock.read")
def list_allocation_schedules(request: ApiRequest, wanted: Query[Paging]) -> Page[Schedule]:
    """List the schedules that have not ended, the newest first."""
    found = PolicySchedule.objects.filter(company_id=request.act.company_id, ended_at=None, id__lt=wanted.before).order_by("-id")
    shown = [Schedule(row.pk, row.policy_code, row.weekdays, row.hour, row.posts, row.last_ran_on) for row in found[: wanted.count]]
    return page_of(shown, wanted)


@route(router, "POST /allocation-schedules", needs="policies.write", status=201)
def add_allocation_schedule(request: ApiRequest, asked: ScheduleAsked) -> Changed:
    """Let a policy run by itself. Refused with `unknown_policy`."""
    draft = ScheduleDraft(asked.policy or "", asked.weekdays, asked.hour, asked.posts)
    return Changed(the_only([schedule_policy(act=request.act, draft=draft)]).id)


@route(router, "POST /allocation-schedules/{schedule_id}/end", needs="policies.write")
def end_allocation_schedule(request: ApiRequest, schedule_id: Id) -> Changed:
    """Stop a policy from running by itself."""
    return Changed(the_only([end_schedule(act=request.act, schedule_id=schedule_id)]).id)


@route(router, "POST /allocation-terms", needs="policies.write", status=201)
def agree_allocation_terms(request: ApiRequest, asked: TermsAsked) -> Changed:
    """Write down what one customer, order or line takes at all, whatever the policy."""
    of_one = {"customer_id": asked.customer_id, "order_id": asked.order_id, "order_line_id": asked.order_line_id}
    return Changed(the_only([agree_terms(act=request.act, **of_one, wishes=asked.terms)]).id)
