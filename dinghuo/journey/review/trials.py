"""Trying a rule on orders of the past, and deciding past findings again: reads only, nothing is written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from dinghuo.journey.review.operations.gathering import cases_of
from dinghuo.journey.review.operations.rule_versions import RuleDraft, fault_in_draft
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
class Tried:
    """One order of a trial: what its first review found by this rule, what the rule as tried finds, and what a person decided."""

    order_id: int
    number: str
    was_broken: bool
    is_broken: bool
    decision: str

    @property
    def change(self) -> str:
        """`newly_held`, `newly_passed`, `held_as_before` or `passed_as_before`."""
        if self.is_broken:
            return "held_as_before" if self.was_broken else "newly_held"
        return "newly_passed" if self.was_broken else "passed_as_before"


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would have changed. Precision is the share of broken orders that people turned down.

    Agreement is the share of orders on which the rule and people say the same: broken and turned down, or passed and released. Only
    orders that a person decided on count for either; both are None without any.
    """

    tried: Sequence[Tried]

    @property
    def orders(self) -> int:
        """How many orders were looked at."""
        return len(self.tried)

    @property
    def newly_held(self) -> list[str]:
        """The numbers of orders that passed and would be broken."""
        return [row.number for row in self.of("newly_held")]

    @property
    def newly_passed(self) -> list[str]:
        """The numbers of orders that were broken and would pass."""
        return [row.number for row in self.of("newly_passed")]

    @property
    def held_as_before(self) -> list[str]:
        """The numbers of orders that were broken and would be again."""
        return [row.number for row in self.of("held_as_before")]

    @property
    def precision_before(self) -> Decimal | None:
        """The precision of the findings on record."""
        return precision([row for row in self.tried if row.was_broken])

    @property
    def precision_now(self) -> Decimal | None:
        """The precision that the rule as tried would have."""
        return precision([row for row in self.tried if row.is_broken])

    @property
    def agreement_before(self) -> Decimal | None:
        """The agreement of the findings on record with what people decided."""
        return agreement([(row.was_broken, row.decision) for row in self.tried])

    @property
    def agreement_now(self) -> Decimal | None:
        """The agreement that the rule as tried would have."""
        return agreement([(row.is_broken, row.decision) for row in self.tried])

    def of(self, change: str) -> list[Tried]:
        """The orders of one change."""
        return [row for row in self.tried if row.change == change]


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
def dry_run(*, act: Act, draft: RuleDraft, last: int, from_on: date = date.min, until_on: date = date.max) -> Trial:
    """Judge the last orders of some days by a version of a rule that is not in force, and compare with what was found and decided.

    Where the first review stored the figures that this kind decides on, they decide; other orders are looked at as they and their
    customers are now. A fixed number of statements however many orders. Raises Malformed with the code of `add_rule` for a draft
    that could not be put in force.
    """
    # That nothing is written is not left to this code alone.
    sql.execute("review/read_only")
    the_only([fault_in_draft(act, draft) or Outcome(id=0)])
    parameters, _ = checked_parameters(KINDS[draft.kind], draft.parameters)
    rule = RuleInForce(
        0, draft.code, draft.kind, parameters, draft.severity, draft.scope, draft.scope_value, draft.is_release_exclusion
    )
    kinds = DECIDED_ON.get(draft.kind, ()) if draft.scope == "company" else ()
    asked = {"code": draft.code, "kinds": list(kinds), "count": min(last, LAST_MAX), "from_on": from_on, "until_on": until_on}
    before = sql.rows("review/decided_before", Before, company_id=act.company_id, **asked)

    broken = {row.order_id for row in before if row.inputs and decided_again(draft.kind, parameters, dict(row.inputs))}
    others = [row.order_id for row in before if row.inputs is None]
    judged = judge([rule], cases_of(act, [rule], others)) if others else []
    broken |= {row.facts.order_id for row in judged if any(finding.is_breach for _, finding in row.findings)}
    return Trial([Tried(row.order_id, row.number, row.was_broken, row.order_id in broken, row.decision) for row in before])


def precision(held: Sequence[Tried]) -> Decimal | None:
    """Of the held orders that a person decided on, the share turned down, to four decimals; None when nobody decided any."""
    decided = [row.decision for row in held if row.decision]
    return round(Decimal(decided.count("rejected")) / len(decided), 4) if decided else None


def agreement(found: Sequence[tuple[bool, str]]) -> Decimal | None:
    """Of orders that a person decided on, the share on which the rule says the same, to four decimals; None without any."""
    same = [is_broken == (decision == "rejected") for is_broken, decision in found if decision]
    return round(Decimal(sum(same)) / len(same), 4) if same else None


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
