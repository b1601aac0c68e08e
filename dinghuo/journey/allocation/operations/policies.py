"""Which policies a company has, when they run by themselves, and what customers, orders and lines are owed whatever the policy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Model

from dinghuo.journey.allocation.definitions import Codes, FaultyPolicy, codes_named, policy_of
from dinghuo.journey.allocation.models import AllocationPolicy, AllocationTerms, Commitment, PolicySchedule
from dinghuo.journey.allocation.rules.problem import Policy
from dinghuo.journey.ordering.models import SalesOrder, SalesOrderLine
from dinghuo.journey.ordering.operations import lock_orders
from dinghuo.kernel import journal, sql
from dinghuo.kernel.errors import Malformed, Outcome, missing
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Customer

CODE_MAX = 40
NAME_MAX = 200
WEEKDAYS = frozenset("1234567")
HOURS = 24
WISHES = (
    "complete_lines",
    "complete_orders",
    "whole_cases",
    "minimum_fill",
    "minimum_order_fill",
    "tolerance",
    "minimum_life_days",
    "maximum_deliveries",
    "shortage_fine",
)
SHARES = frozenset({"minimum_fill", "minimum_order_fill", "tolerance", "shortage_fine"})


@dataclass(frozen=True, slots=True)
class PolicyDraft:
    """A policy as somebody asks for it; an empty definition is the default policy under another name."""

    code: str
    name: str = ""
    definition: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScheduleDraft:
    """When a policy is to run: on these ISO weekdays, from this hour on; without a code it is the default policy."""

    policy_code: str = ""
    weekdays: str = "1234567"
    hour: int = 0
    posts: bool = False


@dataclass(frozen=True, slots=True)
class _Coded:
    key: str
    code: str
    number: int


@dataclass(frozen=True, slots=True)
class _Line:
    id: int
    order_id: int


def understood(act: Act, definition: Any, *, name: str = "default", version: int = 1) -> Policy:
    """A definition as the engine takes it, its codes looked up; raises FaultyPolicy."""
    named = sorted(set(codes_named(definition)))
    rows = sql.rows(
        "allocation/codes_named",
        _Coded,
        company_id=act.company_id,
        keys=[key for key, _ in named],
        codes=[code for _, code in named],
    )
    codes = Codes({(row.key, row.code): row.number for row in rows})
    return policy_of(definition, codes, name=name, version=version)


@transaction.atomic
def add_policy(*, act: Act, draft: PolicyDraft) -> Outcome:
    """Put a new policy in force, as its version 1, or as the next version of a code that was retired.

    Refuses `malformed`, `unknown_code`, what `rules.checking` refuses (facts name the place), `version_conflict` when the code is
    in use.
    """
    known = AllocationPolicy.objects.select_for_update(no_key=True).filter(company_id=act.company_id, code=draft.code)
    newest = known.order_by("-version").first()
    if newest is not None and newest.retired_at is None:
        return Outcome(id=newest.pk, code="version_conflict", facts={"version": newest.version, "yours": 0})
    return _put_in_force(act, draft, 1 if newest is None else newest.version + 1)


@transaction.atomic
def change_policy(*, act: Act, policy_id: int, draft: PolicyDraft) -> Outcome:
    """Retire a version of a policy and put the next one in force, under the same code.

    Refuses `not_found`, `version_conflict` when the version is not the one in force, and what `add_policy` refuses.
    """
    policy = _locked(act, policy_id)
    if policy is None:
        return missing([policy_id], [])[0]
    if policy.retired_at is not None or draft.code != policy.code:
        return Outcome(id=policy_id, code="version_conflict", facts={"version": _newest(policy), "yours": policy.version})
    fault = _fault(act, draft)
    if fault is not None:
        return fault
    AllocationPolicy.objects.filter(company_id=act.company_id, id=policy_id).update(retired_at=act.at)
    return _put_in_force(act, draft, policy.version + 1)


@transaction.atomic
def retire_policy(*, act: Act, policy_id: int) -> Outcome:
    """Take a policy out of force and end its schedules; its runs stay on record. Refuses `not_found` and `version_conflict`."""
    policy = _locked(act, policy_id)
    if policy is None:
        return missing([policy_id], [])[0]
    if policy.retired_at is not None:
        return Outcome(id=policy_id, code="version_conflict", facts={"version": _newest(policy), "yours": policy.version})
    AllocationPolicy.objects.filter(company_id=act.company_id, id=policy_id).update(retired_at=act.at)
    PolicySchedule.objects.filter(company_id=act.company_id, policy_code=policy.code, ended_at=None).update(ended_at=act.at)
    facts = {"policy": policy.code, "version": policy.version}
    journal.record(act, "PolicyRetired", "allocation_policy", [Happened(policy_id, facts=facts)])
    return Outcome(id=policy_id)


@transaction.atomic
def schedule_policy(*, act: Act, draft: ScheduleDraft) -> Outcome:
    """Let a policy run by itself from now on. Refuses `unknown_policy` and `malformed` (facts name the column)."""
    if draft.policy_code and policy_in_force(act, draft.policy_code) is None:
        return Outcome(id=0, code="unknown_policy", facts={"policy": draft.policy_code})
    if not draft.weekdays or not set(draft.weekdays) <= WEEKDAYS or len(set(draft.weekdays)) < len(draft.weekdays):
        return Outcome(id=0, code=Malformed.code, facts={"column": "weekdays", "message": "Weekdays are digits from 1 to 7."})
    if not 0 <= draft.hour < HOURS:
        return Outcome(id=0, code=Malformed.code, facts={"column": "hour", "message": "The hour is a number from 0 to 23."})
    made = PolicySchedule.objects.create(
        company_id=act.company_id,
        policy_code=draft.policy_code,
        weekdays=draft.weekdays,
        hour=draft.hour,
        posts=draft.posts,
        created_at=act.at,
        created_by_id=act.actor_id,
    )
    facts = {"policy": draft.policy_code, "weekdays": draft.weekdays, "hour": draft.hour, "posts": draft.posts}
    journal.record(act, "PolicyScheduled", "policy_schedule", [Happened(made.pk, facts=facts)])
    return Outcome(id=made.pk, document_id=made.pk)


@transaction.atomic
def end_schedule(*, act: Act, schedule_id: int) -> Outcome:
    """Stop a policy from running by itself. Refuses `not_found`; one that has ended stays ended."""
    known = PolicySchedule.objects.filter(company_id=act.company_id, id=schedule_id)
    if not known.exists():
        return missing([schedule_id], [])[0]
    if known.filter(ended_at=None).update(ended_at=act.at):
        journal.record(act, "ScheduleEnded", "policy_schedule", [Happened(schedule_id)])
    return Outcome(id=schedule_id)


@transaction.atomic
def commit_lines(*, act: Act, line_ids: Sequence[int], reason: str) -> list[Outcome]:
    """Promise lines what they have for good: no run changes them until the commitment is lifted.

    Facts of a line done: nothing. Refused: not_found, already_committed. Rule: docs/rules/allocation.md, D6.5.
    """
    known = _lines(act, line_ids)
    standing = set(
        Commitment.objects.filter(company_id=act.company_id, order_line_id__in=list(known), lifted_at=None).values_list(
            "order_line_id", flat=True
        )
    )
    made = [line_id for line_id in known if line_id not in standing]
    Commitment.objects.bulk_create(
        Commitment(company_id=act.company_id, order_line_id=line_id, reason=reason, made_at=act.at, made_by_id=act.actor_id)
        for line_id in made
    )
    events = [Happened(line_id, known[line_id], {"reason": reason}) for line_id in made]
    journal.record(act, "LineCommitted", "sales_order_line", events)
    outcomes = missing(line_ids, known) + [Outcome(line_id, "already_committed") for line_id in sorted(standing)]
    return outcomes + [Outcome(line_id) for line_id in made]


@transaction.atomic
def lift_commitments(*, act: Act, line_ids: Sequence[int]) -> list[Outcome]:
    """Let runs change lines again. Refused: not_found, not_committed."""
    known = _lines(act, line_ids)
    standing = Commitment.objects.filter(company_id=act.company_id, order_line_id__in=list(known), lifted_at=None)
    lifted = sorted(standing.values_list("order_line_id", flat=True))
    standing.update(lifted_at=act.at, lifted_by_id=act.actor_id)
    journal.record(act, "CommitmentLifted", "sales_order_line", [Happened(line_id, known[line_id]) for line_id in lifted])
    others = [Outcome(line_id, "not_committed") for line_id in known if line_id not in set(lifted)]
    return missing(line_ids, known) + others + [Outcome(line_id) for line_id in lifted]


@transaction.atomic
def agree_terms(
    *,
    act: Act,
    customer_id: int | None = None,
    order_id: int | None = None,
    order_line_id: int | None = None,
    wishes: Mapping[str, Any],
) -> Outcome:
    """Write down what one customer, order or line takes at all; a wish that is left out is left to the next wider terms.

    Refuses `malformed` (facts name the column) and `not_found`. Shares are thousandths.
    """
    of_one: dict[str, Any] = {"customer_id": customer_id, "order_id": order_id, "order_line_id": order_line_id}
    if sum(value is not None for value in of_one.values()) != 1:
        return Outcome(id=0, code=Malformed.code, facts={"column": "customer_id", "message": "Terms are of one."})
    for name, value in wishes.items():
        fault = _fault_in_wish(name, value)
        if fault:
            return Outcome(id=0, code=Malformed.code, facts={"column": name, "message": fault})
    if not _is_known(act, of_one):
        return missing([next(value for value in of_one.values() if value is not None)], [])[0]
    terms, _ = AllocationTerms.objects.update_or_create(
        {name: wishes.get(name) for name in WISHES},
        company_id=act.company_id,
        **of_one,
    )
    journal.record(act, "TermsAgreed", "allocation_terms", [Happened(terms.pk, order_id, dict(wishes))])
    return Outcome(id=terms.pk, document_id=terms.pk)


def policy_in_force(act: Act, code: str) -> AllocationPolicy | None:
    """The version of a policy that is in force."""
    return AllocationPolicy.objects.filter(company_id=act.company_id, code=code, retired_at=None).first()


def _fault_in_wish(name: str, value: Any) -> str | None:
    if name not in WISHES:
        return f"Terms know nothing of {name}."
    if name in {"complete_lines", "complete_orders", "whole_cases"}:
        return None if isinstance(value, bool) else "true or false is wanted here."
    most = 1000 if name in SHARES else 10_000
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return None if is_whole and 0 <= value <= most else f"A whole number from 0 to {most} is wanted here."


def _is_known(act: Act, of_one: Mapping[str, int | None]) -> bool:
    models: Mapping[str, type[Model]] = {"customer_id": Customer, "order_id": SalesOrder, "order_line_id": SalesOrderLine}
    (name,) = [name for name, value in of_one.items() if value is not None]
    return models[name]._default_manager.filter(company_id=act.company_id, id=of_one[name]).exists()


def _lines(act: Act, line_ids: Sequence[int]) -> dict[int, int]:
    # A line's order is locked with it: a commitment and a run that changes the line never pass each other.
    rows = sql.rows("allocation/orders_of_lines", _Line, company_id=act.company_id, line_ids=list(line_ids))
    lock_orders(company_id=act.company_id, order_ids=sorted({row.order_id for row in rows}), ready_in=())
    return {row.id: row.order_id for row in rows}


def _locked(act: Act, policy_id: int) -> AllocationPolicy | None:
    return AllocationPolicy.objects.select_for_update(no_key=True).filter(company_id=act.company_id, id=policy_id).first()


def _newest(policy: AllocationPolicy) -> int:
    versions = AllocationPolicy.objects.filter(company_id=policy.company_id, code=policy.code).order_by("-version")
    return versions.values_list("version", flat=True)[0]


def _put_in_force(act: Act, draft: PolicyDraft, version: int) -> Outcome:
    fault = _fault(act, draft)
    if fault is not None:
        return fault
    policy = AllocationPolicy.objects.create(
        company_id=act.company_id,
        code=draft.code,
        version=version,
        name=draft.name,
        definition=dict(draft.definition),
        created_at=act.at,
        created_by_id=act.actor_id,
    )
    facts = {"policy": draft.code, "version": version}
    journal.record(act, "PolicyInForce", "allocation_policy", [Happened(policy.pk, facts=facts)])
    return Outcome(id=policy.pk, document_id=policy.pk, facts={"version": version})


def _fault(act: Act, draft: PolicyDraft) -> Outcome | None:
    """What is wrong with a policy as asked for, or None."""
    if not draft.code or len(draft.code) > CODE_MAX:
        message = f"A policy's code has between 1 and {CODE_MAX} characters."
        return Outcome(id=0, code=Malformed.code, facts={"column": "code", "message": message})
    if len(draft.name) > NAME_MAX:
        return Outcome(id=0, code=Malformed.code, facts={"column": "name", "message": f"A name has at most {NAME_MAX} characters."})
    try:
        understood(act, draft.definition)
    except FaultyPolicy as fault:
        return Outcome(id=0, code=fault.code, facts=fault.facts)
    return None
