"""Which rules judge a company's orders: installing, adding, changing and retiring them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from dinghuo.journey.ordering.operations import lock_orders
from dinghuo.journey.review.models import Hold, ReviewRule
from dinghuo.journey.review.rules import INSTALLED, KINDS, checked_parameters
from dinghuo.kernel import journal, sql
from dinghuo.kernel.errors import Malformed, Outcome, missing
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company, Customer, Product

CODE_MAX = 40
PRECEDENCE_MAX = 10_000


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule as an administrator asks for it; parameters left out are the kind's own."""

    code: str
    kind: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    severity: str = "hold"
    scope: str = "company"
    scope_value: str = ""
    check_points: Sequence[str] = ("submit",)
    precedence: int = 100
    is_release_exclusion: bool = False


@dataclass(frozen=True, slots=True)
class HoldAtDoor:
    """A hold with which a rule stops a released order."""

    hold_id: int
    order_id: int


@transaction.atomic
def install_rules(*, act: Act) -> list[Outcome]:
    """Give a company the default rules; those it has stay as they are."""
    known = set(ReviewRule.objects.filter(company_id=act.company_id).values_list("code", flat=True))
    made = ReviewRule.objects.bulk_create(
        ReviewRule(
            company_id=act.company_id,
            code=code,
            kind=code,
            parameters=KINDS[code].parameters,
            severity=KINDS[code].severity,
            check_points=["submit"],
            created_at=act.at,
            created_by_id=act.actor_id,
        )
        for code in INSTALLED
        if code not in known
    )
    return [Outcome(id=rule.pk) for rule in made]


@transaction.atomic
def add_rule(*, act: Act, draft: RuleDraft) -> Outcome:
    """Put a new rule in force, as its version 1.

    Refuses `malformed` (facts name the parameter), `unknown_kind`, `unknown_scope` (also for a customer, class or category that
    nobody has) and `version_conflict` when the code is in use.
    """
    lock_rules(act)
    newest = ReviewRule.objects.filter(company_id=act.company_id, code=draft.code).order_by("-version").first()
    if newest is not None and newest.retired_at is None:
        return Outcome(id=newest.pk, code="version_conflict", facts={"version": newest.version, "yours": 0})
    return fault_in_draft(act, draft) or put_in_force(act, draft, 1 if newest is None else newest.version + 1)


@transaction.atomic
def change_rule(*, act: Act, rule_id: int, draft: RuleDraft) -> Outcome:
    """Retire a version of a rule and put the next one in force, under the same code.

    Refuses `not_found`, `version_conflict` when the version is not the one in force, and what `add_rule` refuses.
    """
    rule = locked_rule(act, rule_id)
    if rule is None:
        return missing([rule_id], [])[0]
    if rule.retired_at is not None or draft.code != rule.code:
        return Outcome(id=rule_id, code="version_conflict", facts={"version": newest_version(rule), "yours": rule.version})
    fault = fault_in_draft(act, draft)
    if fault:
        return fault
    ReviewRule.objects.filter(company_id=act.company_id, id=rule_id).update(retired_at=act.at)
    return put_in_force(act, draft, rule.version + 1)


@transaction.atomic
def restore_rule(*, act: Act, rule_id: int) -> Outcome:
    """Put an older version of a rule in force again, as its next version; it undoes a change, and a retirement too.

    Refuses `not_found`, `version_conflict` for the version that is in force, and what `add_rule` refuses: its customer, say, may be
    gone.
    """
    rule = locked_rule(act, rule_id)
    if rule is None:
        return missing([rule_id], [])[0]
    newest = newest_version(rule)
    if rule.retired_at is None:
        return Outcome(id=rule_id, code="version_conflict", facts={"version": newest, "yours": rule.version})
    draft = draft_of(rule)
    fault = fault_in_draft(act, draft)
    if fault:
        return fault
    ReviewRule.objects.filter(company_id=act.company_id, code=rule.code, retired_at=None).update(retired_at=act.at)
    return put_in_force(act, draft, newest + 1)


def draft_of(rule: ReviewRule) -> RuleDraft:
    """What a version of a rule asks for."""
    return RuleDraft(
        code=rule.code,
        kind=rule.kind,
        parameters=rule.parameters,
        severity=rule.severity,
        scope=rule.scope,
        scope_value=rule.scope_value,
        check_points=rule.check_points,
        precedence=rule.precedence,
        is_release_exclusion=rule.is_release_exclusion,
    )


@transaction.atomic
def retire_rule(*, act: Act, rule_id: int) -> Outcome:
    """Take a rule out of force, and lift its holds of released orders at doors, which nothing would ask about any more.

    Its versions and findings stay on record. Refuses `not_found` and `version_conflict`.
    """
    named = ReviewRule.objects.filter(company_id=act.company_id, id=rule_id).values_list("code", flat=True).first()
    order_ids = sorted({hold.order_id for hold in holds_at_doors(act, named)})
    # Orders are locked before the company, whose lock guards the rules.
    lock_orders(company_id=act.company_id, order_ids=order_ids, ready_in=())
    rule = locked_rule(act, rule_id)
    if rule is None:
        return missing([rule_id], [])[0]
    if rule.retired_at is not None:
        return Outcome(id=rule_id, code="version_conflict", facts={"version": newest_version(rule), "yours": rule.version})
    ReviewRule.objects.filter(company_id=act.company_id, id=rule_id).update(retired_at=act.at)
    open_doors(act, rule.code, set(order_ids))
    journal.record(act, "RuleRetired", "review_rule", [Happened(rule_id, facts={"rule": rule.code, "version": rule.version})])
    return Outcome(id=rule_id)


def holds_at_doors(act: Act, code: str | None) -> list[HoldAtDoor]:
    """The open holds with which a rule stops released orders."""
    return sql.rows("review/door_holds", HoldAtDoor, company_id=act.company_id, code=code or "")


def open_doors(act: Act, code: str, locked: set[int]) -> None:
    """Lift the holds with which a rule stops released orders, those that are locked, on record like any whose cause is gone."""
    holds = [hold for hold in holds_at_doors(act, code) if hold.order_id in locked]
    ids = [hold.hold_id for hold in holds]
    gone = {"lifted_at": act.at, "lifted_by_id": act.actor_id, "lifted_because": "cause_gone"}
    Hold.objects.filter(company_id=act.company_id, id__in=ids).update(**gone)
    orders = sorted({hold.order_id for hold in holds})
    journal.record(act, "HoldLifted", "sales_order", [Happened(key, key, {"rules": [code]}) for key in orders])


def lock_rules(act: Act) -> None:
    """Let nobody else change a rule of the company: which version is the newest must hold until the next one is written."""
    Company.objects.select_for_update(no_key=True).get(id=act.company_id)


def locked_rule(act: Act, rule_id: int) -> ReviewRule | None:
    """A version of a rule that nobody else can change now."""
    lock_rules(act)
    return ReviewRule.objects.filter(company_id=act.company_id, id=rule_id).first()


def newest_version(rule: ReviewRule) -> int:
    """The newest version under a rule's code."""
    versions = ReviewRule.objects.filter(company_id=rule.company_id, code=rule.code).order_by("-version")
    return versions.values_list("version", flat=True)[0]


def put_in_force(act: Act, draft: RuleDraft, version: int) -> Outcome:
    """Write a version of a rule in which nothing is wrong."""
    parameters, _ = checked_parameters(KINDS[draft.kind], draft.parameters)
    rule = ReviewRule.objects.create(
        company_id=act.company_id,
        code=draft.code,
        version=version,
        kind=draft.kind,
        parameters=parameters,
        severity=draft.severity,
        scope=draft.scope,
        scope_value=draft.scope_value,
        check_points=list(draft.check_points),
        precedence=draft.precedence,
        is_release_exclusion=draft.is_release_exclusion,
        created_at=act.at,
        created_by_id=act.actor_id,
    )
    journal.record(act, "RuleInForce", "review_rule", [Happened(rule.pk, facts={"rule": draft.code, "version": version})])
    return Outcome(id=rule.pk, document_id=rule.pk, facts={"version": version})


def fault_in_rule(draft: RuleDraft) -> Outcome | None:
    """What is wrong with a rule as asked for, or None."""
    kind = KINDS.get(draft.kind)
    if kind is None:
        return Outcome(id=0, code="unknown_kind", facts={"kind": draft.kind})
    if draft.scope not in ReviewRule.Scope.values or (draft.scope == "company") != (draft.scope_value == ""):
        return Outcome(id=0, code="unknown_scope", facts={"scope": draft.scope, "scope_value": draft.scope_value})
    fault = fault_in_head(draft, by_line=kind.by_line) or checked_parameters(kind, draft.parameters)[1]
    return Outcome(id=0, code=Malformed.code, facts=fault) if fault else None


def fault_in_draft(act: Act, draft: RuleDraft) -> Outcome | None:
    """What is wrong with a rule as asked for, its scope looked up, or None."""
    return fault_in_rule(draft) or fault_in_scope(act, draft)


def fault_in_scope(act: Act, draft: RuleDraft) -> Outcome | None:
    """The refusal of a rule for a customer, class or category that nobody has, since it would judge nothing; else None."""
    holders = {
        "customer": Customer.objects.filter(code=draft.scope_value),
        "customer_class": Customer.objects.filter(customer_class=draft.scope_value),
        "product_category": Product.objects.filter(category=draft.scope_value),
    }
    if draft.scope not in holders or holders[draft.scope].filter(company_id=act.company_id).exists():
        return None
    return Outcome(id=0, code="unknown_scope", facts={"scope": draft.scope, "scope_value": draft.scope_value})


def fault_in_head(draft: RuleDraft, *, by_line: bool) -> dict[str, Any] | None:
    """What is wrong with a rule besides its kind, scope and parameters, as facts naming the column; None when nothing is."""
    if not draft.code or len(draft.code) > CODE_MAX:
        return {"column": "code", "message": f"A rule's code has between 1 and {CODE_MAX} characters."}
    if draft.severity not in ReviewRule.Severity.values or (draft.severity == "hold_line" and not by_line):
        return {"column": "severity", "message": "This kind of rule has no such severity."}
    if draft.scope == "product_category" and not by_line:
        return {"column": "scope", "message": "This kind of rule looks at whole orders, not at categories of products."}
    if not draft.check_points or not set(draft.check_points) <= set(ReviewRule.CheckPoint.values):
        return {"column": "check_points", "message": f"The check points are {', '.join(ReviewRule.CheckPoint.values)}."}
    if not 0 <= draft.precedence <= PRECEDENCE_MAX:
        return {"column": "precedence", "message": f"The precedence is a number from 0 to {PRECEDENCE_MAX}."}
    return None
