"""Reads of what an administrator sets up: rules with their versions, the matrix, delegations, and how many there are of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from dinghuo.journey.review.operations import RuleDraft
from dinghuo.kernel import sql
from dinghuo.reference.paging import ID_MAX
from dinghuo.reference.queries import customers_matching

VERSION_MAX: Final = 2**31 - 1
CHOICES: Final = 12


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """One version of a rule: in force without `retired_at`; `author` is who made it, empty for the system."""

    id: int
    code: str
    version: int
    kind: str
    parameters: Mapping[str, Any]
    severity: str
    scope: str
    scope_value: str
    check_points: Sequence[str]
    precedence: int
    is_release_exclusion: bool
    created_at: datetime
    created_by_id: int | None
    author: str
    retired_at: datetime | None

    @property
    def is_in_force(self) -> bool:
        """Whether this version judges today."""
        return self.retired_at is None

    @property
    def draft(self) -> RuleDraft:
        """The version as it would be asked for again."""
        head = (self.severity, self.scope, self.scope_value, self.check_points, self.precedence, self.is_release_exclusion)
        return RuleDraft(self.code, self.kind, self.parameters, *head)


@dataclass(frozen=True, slots=True)
class RuleSearch:
    """Which rules are wanted: part of a code, a kind, and `in_force` or `retired`; what is empty does not matter."""

    wanted: str = ""
    kind: str = ""
    state: str = ""


def rules_page(*, company_id: int, search: RuleSearch, after_code: str, count: int) -> list[RuleVersion]:
    """Rules by code, each by its newest version, after a code."""
    asked = {"wanted": search.wanted, "kind": search.kind, "state": search.state, "after_code": after_code, "count": count}
    return sql.rows("review/rules_page", RuleVersion, company_id=company_id, **asked)


def rules_after(*, company_id: int, search: RuleSearch, after_id: int, count: int) -> list[RuleVersion]:
    """Versions of rules, the oldest first, after an id."""
    asked = {"kind": search.kind, "state": search.state, "after_id": after_id, "count": count}
    return sql.rows("review/rules_after", RuleVersion, company_id=company_id, **asked)


def rule_version(*, company_id: int, rule_id: int) -> RuleVersion | None:
    """One version of a rule, or None."""
    found = rules_after(company_id=company_id, search=RuleSearch(), after_id=rule_id - 1, count=1)
    return found[0] if found and found[0].id == rule_id else None


def rule_versions(*, company_id: int, rule_id: int, before: int = VERSION_MAX, count: int) -> list[RuleVersion]:
    """The versions of the rule to which a version belongs, the newest first; none for an unknown id."""
    asked = {"rule_id": rule_id, "before_version": before, "count": count}
    return sql.rows("review/rule_versions", RuleVersion, company_id=company_id, **asked)


@dataclass(frozen=True, slots=True)
class ScopeChoice:
    """What a rule's scope may name; `id`, `name` and `name_zh` are as a customer's, else empty."""

    code: str
    id: str
    name: str
    name_zh: str


def scopes_matching(*, company_id: int, scope: str, wanted: str) -> list[ScopeChoice]:
    """The customers, classes or categories that a typed text may mean; an empty text means each class and category."""
    if scope == "customer":
        found = customers_matching(company_id=company_id, wanted=wanted)
        return [ScopeChoice(row.code, str(row.id), row.name, row.name_zh) for row in found]
    asked = {"scope": scope, "wanted": wanted, "count": CHOICES}
    return sql.rows("review/scopes_matching", ScopeChoice, company_id=company_id, **asked)


@dataclass(frozen=True, slots=True)
class MatrixVersion:
    """One version of the approval matrix, with how many bands it has; in force without `retired_at`."""

    id: int
    version: int
    escalate_after_hours: int
    quantity_tolerance: Decimal
    bars_sales_person: bool
    deputies: Mapping[str, int]
    created_at: datetime
    created_by_id: int | None
    author: str
    retired_at: datetime | None
    bands: int


def matrix_versions(*, company_id: int, before_id: int = ID_MAX, count: int) -> list[MatrixVersion]:
    """The versions of the approval matrix, the newest first, before an id."""
    return sql.rows("review/matrix_versions", MatrixVersion, company_id=company_id, before_id=before_id, count=count)


@dataclass(frozen=True, slots=True)
class LentRole:
    """A role that somebody lends to another for some days, both ends included; over once they are past or it was taken back."""

    id: int
    role: str
    from_user_id: int
    lender: str
    to_user_id: int
    deputy: str
    from_on: date
    until_on: date
    reason: str
    ended_at: datetime | None
    created_at: datetime
    author: str
    is_over: bool


def lent_roles(*, company_id: int, day: date, state: str, before_id: int, count: int) -> list[LentRole]:
    """The roles that are or were lent, the newest first, before an id; `state` is `lent`, `over` or empty for both."""
    asked = {"day": day, "state": state, "before_id": before_id, "count": count}
    return sql.rows("review/delegations_page", LentRole, company_id=company_id, **asked)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with those of the roles asked for that he has."""

    id: int
    username: str
    roles: Sequence[str]


def people_with_role(*, company_id: int, roles: Sequence[str]) -> list[Person]:
    """The people of a company that have one of some roles, by name."""
    return sql.rows("review/people_with_role", Person, company_id=company_id, roles=list(roles))


@dataclass(frozen=True, slots=True)
class SettingsCounts:
    """What a company has set up: a version of 0 stands for no matrix and for the usual duties."""

    rules: int
    matrix_version: int
    delegations: int
    duties_version: int


def settings_counts(*, company_id: int, day: date) -> SettingsCounts:
    """How much of each a company has set up today."""
    (counts,) = sql.rows("review/settings_counts", SettingsCounts, company_id=company_id, day=day)
    return counts
