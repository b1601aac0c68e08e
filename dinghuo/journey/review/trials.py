"""Trying a rule on orders of the past, and deciding past findings again: reads only, nothing is written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from dinghuo.journey.review.operations.gathering import cases_of
from dinghuo.journey.review.operations.rule_versions import RuleDraft, fault_in_rule
from dinghuo.journey.review.rules import DECIDED_ON, KINDS, PASSED, RuleInForce, checked_parameters, decided_again, judge
from dinghuo.kernel import sql
from dinghuo.kernel.errors import Outcome, the_only
from dinghuo.kernel.tenancy import Act

PORTION = 5_000
LAST_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Before:
    """What the first review found of an order by one rule, and what a person decided, if anybody did."""

    order_id: int
    number: str
    was_broken: bool
    decision: str
    inputs: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would have changed: orders by number. Precision is the share of broken orders that people turned down.

    Only orders that a person decided on count for precision; it is None without any.
    """

    orders: int
    newly_held: Sequence[str]
    newly_passed: Sequence[str]
    held_as_before: Sequence[str]
    precision_before: Decimal | None
    precision_now: Decimal | None


@dataclass(frozen=True, slots=True)
class StoredFinding:
    """A finding with its rule's parameters: enough to decide it again."""

    id: int
    order_id: int
    code: str
    version: int
    kind: str
    outcome: str
    inputs: Mapping[str, Any]
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OrderFinding:
    """A finding of one order, with its review and the version of its rule."""

    review_id: int
    reviewed_at: datetime
    cause: str
    review_outcome: str
    order_version: int
    code: str
    version: int
    kind: str
    outcome: str
    inputs: Mapping[str, Any]
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NamedOrder:
    """An order by its number."""

    id: int
    number: str


@transaction.atomic
def dry_run(*, act: Act, draft: RuleDraft, last: int) -> Trial:
    """Judge the last orders by a version of a rule that is not in force, and compare with what was found and decided.

    Where the first review stored the figures that this kind decides on, they decide; other orders are looked at as they and their
    customers are now. A fixed number of statements however many orders. Raises Malformed with the code of `add_rule` for a draft
    that could not be put in force.
    """
    the_only([fault_in_rule(draft) or Outcome(id=0)])
    parameters, _ = checked_parameters(KINDS[draft.kind], draft.parameters)
    rule = RuleInForce(
        0, draft.code, draft.kind, parameters, draft.severity, draft.scope, draft.scope_value, draft.is_release_exclusion
    )
    kinds = DECIDED_ON.get(draft.kind, ()) if draft.scope == "company" else ()
    asked = {"code": draft.code, "kinds": list(kinds), "count": min(last, LAST_MAX)}
    before = sql.rows("review/decided_before", Before, company_id=act.company_id, **asked)

    broken = {row.order_id for row in before if row.inputs and decided_again(draft.kind, parameters, dict(row.inputs))}
    others = [row.order_id for row in before if row.inputs is None]
    judged = judge([rule], cases_of(act, [rule], others)) if others else []
    broken |= {row.facts.order_id for row in judged if any(finding.is_breach for _, finding in row.findings)}
    return compared(before, broken)


def compared(before: Sequence[Before], broken: set[int]) -> Trial:
    """What changed between the findings of the past and those of a trial."""
    return Trial(
        orders=len(before),
        newly_held=[row.number for row in before if row.order_id in broken and not row.was_broken],
        newly_passed=[row.number for row in before if row.order_id not in broken and row.was_broken],
        held_as_before=[row.number for row in before if row.order_id in broken and row.was_broken],
        precision_before=precision([row for row in before if row.was_broken]),
        precision_now=precision([row for row in before if row.order_id in broken]),
    )


def precision(held: Sequence[Before]) -> Decimal | None:
    """Of the held orders that a person decided on, the share turned down, to four decimals; None when nobody decided any."""
    decided = [row.decision for row in held if row.decision]
    return round(Decimal(decided.count("rejected")) / len(decided), 4) if decided else None


def findings_of_order(*, company_id: int, number: str) -> list[OrderFinding] | None:
    """Every finding of an order, first to last; None for an unknown number."""
    found = sql.rows("review/order_by_number", NamedOrder, company_id=company_id, number=number)
    if not found:
        return None
    return sql.rows("review/findings_of_order", OrderFinding, company_id=company_id, order_id=found[0].id)


def stored_findings(*, company_id: int) -> Iterator[StoredFinding]:
    """All findings of a company, in order of id, read a portion at a time."""
    after = 0
    while portion := sql.rows("review/findings_after", StoredFinding, company_id=company_id, after=after, count=PORTION):
        yield from portion
        after = portion[-1].id


def is_decided_as_stored(finding: StoredFinding) -> bool:
    """Whether a finding's stored figures and its rule's version still give the outcome on record."""
    return decided_again(finding.kind, dict(finding.parameters), dict(finding.inputs)) == (finding.outcome != PASSED)
