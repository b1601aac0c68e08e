"""Rules over the API: which there are, what changed when and by whom, and what a change would have done to orders of the past."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Annotated, Final, Literal, get_args

from ninja import Query, Router
from pydantic import Field

from dinghuo.journey.review.approval_api import BandShown, MatrixHead, Share
from dinghuo.journey.review.models import ApprovalBand, ReviewRule
from dinghuo.journey.review.operations import RuleDraft, add_rule, change_rule, restore_rule, retire_rule
from dinghuo.journey.review.rule_queries import (
    VERSION_MAX,
    RuleSearch,
    RuleVersion,
    lent_roles,
    matrix_versions,
    rule_version,
    rule_versions,
    rules_after,
)
from dinghuo.journey.review.rules import KINDS
from dinghuo.journey.review.rules.kinds import COMMON
from dinghuo.journey.review.trials import Tried, dry_run
from dinghuo.kernel.errors import Missing, the_only
from dinghuo.reference.bearers import ApiRequest
from dinghuo.reference.routes import route
from dinghuo.reference.wire import Asked, Code, Day, Flag, Id, Page, Paging, Text, page_of

router = Router(tags=["rules"])

Severity = Literal["warn", "hold_line", "hold", "reject"]
assert set(get_args(Severity)) == set(ReviewRule.Severity.values), "the API names every severity"
Scope = Literal["company", "customer_class", "customer", "product_category"]
assert set(get_args(Scope)) == set(ReviewRule.Scope.values), "the API names every scope"
Point = Literal["submit", "release_to_pick", "before_loading", "invoice"]
assert set(get_args(Point)) == set(ReviewRule.CheckPoint.values), "the API names every check point"
RuleState = Literal["in_force", "retired", "all"]
LentState = Literal["lent", "over", "all"]

Precedence = Annotated[int, Field(strict=True, ge=0, le=10_000)]
ScopeValue = Annotated[str, Text(most=60)]
Word = Annotated[str, Text(most=2_000)]
Whole = Annotated[int, Field(strict=True, ge=-(10**12), le=10**12)]
Value = Annotated[bool, Field(strict=True)] | Whole | Word | Annotated[list[Word], Field(max_length=1_000)] | None
TRIED_MAX: Final = 20_000
CHANGED: Final = ("newly_held", "newly_passed", "held_as_before")


@dataclass(frozen=True, slots=True)
class RuleShown:
    """A version of a rule: in force while `retired_at` is null; `author` is who made it, empty for the system."""

    id: int
    code: str
    version: int
    kind: str
    parameters: Mapping[str, Value]
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


@dataclass(frozen=True, slots=True)
class ParameterShown:
    """A parameter of a kind: `number` is a decimal as text, `whole` an integer, `flag` a boolean, `choices` a list of texts.

    `among` lists what may be chosen, empty for any text; numbers lie between `minimum` and `maximum`.
    """

    name: str
    type: str
    default: Value
    minimum: int
    maximum: int
    among: Sequence[str]


@dataclass(frozen=True, slots=True)
class KindShown:
    """A kind of rule: how many rules of it are in force, its usual severity, whether it can hold single lines, its parameters."""

    kind: str
    in_force: int
    severity: str
    holds_lines: bool
    parameters: list[ParameterShown]


@dataclass(frozen=True, slots=True)
class KindsShown:
    """Every kind that a rule may have."""

    items: list[KindShown]


@dataclass(frozen=True, slots=True)
class TriedOrder:
    """An order that a trial would have held or let pass: `decision` is what a person decided then, empty for nothing."""

    id: int
    number: str
    change: str
    was_broken: bool
    is_broken: bool
    decision: str


@dataclass(frozen=True, slots=True)
class TrialShown:
    """What a rule would have changed; precision and agreement are shares of the orders that people decided on, null without any."""

    orders: int
    newly_held: int
    newly_passed: int
    held_as_before: int
    precision_before: Share | None
    precision_now: Share | None
    agreement_before: Share | None
    agreement_now: Share | None
    items: list[TriedOrder]


@dataclass(frozen=True, slots=True)
class MatrixOfPast:
    """A version of the matrix with its bands; in force while `retired_at` is null."""

    id: int
    matrix: MatrixHead
    author: str
    retired_at: datetime | None
    bands: list[BandShown]


@dataclass(frozen=True, slots=True)
class LentRoleShown:
    """A role that is or was lent for some days, both ends included, by whom to whom."""

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


class ChangeAsked(Asked):
    """What a rule says; parameters left out are its kind's own, `scope_value` names the customer, class or category by code."""

    parameters: dict[Annotated[str, Text(most=40)], Value] = {}
    severity: Severity = "hold"
    scope: Scope = "company"
    scope_value: ScopeValue = ""
    check_points: Annotated[list[Point], Field(min_length=1, max_length=4)] = ["submit"]
    precedence: Precedence = 100
    is_release_exclusion: Flag = False


class RuleAsked(ChangeAsked):
    """A new rule: its code is its name through all versions."""

    code: Code
    kind: Code

    @property
    def draft(self) -> RuleDraft:
        """The rule as review takes it."""
        return RuleDraft(**self.model_dump(include=set(RuleDraft.__dataclass_fields__)))


class TrialAsked(RuleAsked):
    """A rule to try on the last orders of some days; the code of a rule in force compares with what that rule found."""

    last: Annotated[int, Field(strict=True, ge=1, le=TRIED_MAX)] = 1_000
    from_on: Day | None = None
    until_on: Day | None = None


class RulesWanted(Paging):
    """Which versions of rules to list."""

    state: RuleState = "in_force"
    kind: Annotated[str, Text(most=40)] = ""


class LentWanted(Paging):
    """Which delegations to list."""

    state: LentState = "all"


@route(router, "GET /rule-kinds", needs="rules.read")
def list_rule_kinds(request: ApiRequest) -> KindsShown:
    """List the kinds that a rule may have, with their parameters."""
    in_force = ReviewRule.objects.filter(company_id=request.act.company_id, retired_at=None)
    counts = Counter(in_force.values_list("kind", flat=True))
    items = [
        KindShown(
            name, counts[name], kind.severity, kind.by_line, [ParameterShown(**asdict(each)) for each in (*kind.schema, *COMMON)]
        )
        for name, kind in KINDS.items()
    ]
    return KindsShown(items)


@route(router, "GET /rules", needs="rules.read")
def list_rules(request: ApiRequest, wanted: Query[RulesWanted]) -> Page[RuleShown]:
    """List rules in force, versions that are retired, or all versions, the oldest first."""
    search = RuleSearch(kind=wanted.kind, state="" if wanted.state == "all" else wanted.state)
    rows = rules_after(company_id=request.act.company_id, search=search, after_id=wanted.after, count=wanted.count)
    return page_of([shown(row) for row in rows], wanted)


@route(router, "GET /rules/{rule_id}", needs="rules.read")
def show_rule(request: ApiRequest, rule_id: Id) -> RuleShown:
    """Show one version of a rule."""
    found = rule_version(company_id=request.act.company_id, rule_id=rule_id)
    if found is None:
        raise Missing("There is no such rule.", id=rule_id)
    return shown(found)


@route(router, "GET /rules/{rule_id}/versions", needs="rules.read")
def list_rule_versions(request: ApiRequest, rule_id: Id, wanted: Query[Paging]) -> Page[RuleShown]:
    """List the versions of the rule to which a version belongs, the newest first; the cursor is a version's number."""
    show_rule(request, rule_id)
    before = min(wanted.before, VERSION_MAX)
    rows = rule_versions(company_id=request.act.company_id, rule_id=rule_id, before=before, count=wanted.count)
    items = [shown(row) for row in rows[: wanted.limit]]
    return Page[RuleShown](items=items, next=str(items[-1].version) if len(rows) > wanted.limit else None)


@route(router, "POST /rules", needs="rules.write")
def enter_rule(request: ApiRequest, asked: RuleAsked) -> RuleShown:
    """Put a new rule in force.

    Refused with `malformed` (the facts name the parameter), `unknown_kind`, `unknown_scope`, and `version_conflict` when a rule of
    this code is in force.
    """
    return show_rule(request, the_only([add_rule(act=request.act, draft=asked.draft)]).id)


@route(router, "POST /rule-trials", needs="rules.write")
def try_rule(request: ApiRequest, asked: TrialAsked) -> TrialShown:
    """Try a rule on the last orders, at most 20,000, and name those that it would have held or let pass; nothing is written.

    Refused like a new rule, but for its code.
    """
    days = {"from_on": asked.from_on or date.min, "until_on": asked.until_on or date.max}
    found = dry_run(act=request.act, draft=asked.draft, last=asked.last, **days)
    items = [tried(row) for row in found.tried if row.change in CHANGED]
    return TrialShown(
        orders=found.orders,
        newly_held=len(found.newly_held),
        newly_passed=len(found.newly_passed),
        held_as_before=len(found.held_as_before),
        precision_before=found.precision_before,
        precision_now=found.precision_now,
        agreement_before=found.agreement_before,
        agreement_now=found.agreement_now,
        items=items,
    )


@route(router, "POST /rules/{rule_id}/versions", needs="rules.write")
def enter_rule_version(request: ApiRequest, rule_id: Id, asked: ChangeAsked) -> RuleShown:
    """Put the next version of a rule in force in place of the one named.

    Refused with `version_conflict` when another version is in force, and like a new rule.
    """
    current = show_rule(request, rule_id)
    draft = RuleDraft(current.code, current.kind, **asked.model_dump())
    return show_rule(request, the_only([change_rule(act=request.act, rule_id=rule_id, draft=draft)]).id)


@route(router, "POST /rules/{rule_id}/retire", needs="rules.write")
def retire(request: ApiRequest, rule_id: Id) -> RuleShown:
    """Take a rule out of force. Refused with `version_conflict` when another version is in force, or none."""
    return show_rule(request, the_only([retire_rule(act=request.act, rule_id=rule_id)]).id)


@route(router, "POST /rules/{rule_id}/restore", needs="rules.write")
def restore(request: ApiRequest, rule_id: Id) -> RuleShown:
    """Put an older version in force again, as a new one. Refused with `version_conflict` for the one in force."""
    return show_rule(request, the_only([restore_rule(act=request.act, rule_id=rule_id)]).id)


@route(router, "GET /approval-matrix/versions", needs="approvals.read")
def list_matrix_versions(request: ApiRequest, wanted: Query[Paging]) -> Page[MatrixOfPast]:
    """List the versions of the approval matrix with their bands, the newest first."""
    heads = matrix_versions(company_id=request.act.company_id, before_id=wanted.before, count=wanted.count)
    bands: dict[int, list[BandShown]] = {head.id: [] for head in heads}
    rows = ApprovalBand.objects.filter(company_id=request.act.company_id, matrix_id__in=list(bands))
    for row in rows.order_by("matrix_id", "position"):
        bounds = (row.amount_over, row.amount_up_to, row.margin_from, row.margin_below)
        bands[row.matrix_id].append(BandShown(row.customer_class, *bounds, row.roles))
    found = [
        MatrixOfPast(
            head.id,
            MatrixHead(
                id=head.id,
                version=head.version,
                escalate_after_hours=head.escalate_after_hours,
                quantity_tolerance=head.quantity_tolerance,
                bars_sales_person=head.bars_sales_person,
                deputies=head.deputies,
                created_at=head.created_at,
                created_by_id=head.created_by_id,
            ),
            head.author,
            head.retired_at,
            bands[head.id],
        )
        for head in heads
    ]
    return page_of(found, wanted)


@route(router, "GET /delegations/history", needs="approvals.read")
def list_lent_roles(request: ApiRequest, wanted: Query[LentWanted]) -> Page[LentRoleShown]:
    """List the roles that are or were lent, the newest first, with who lent them and who put it down."""
    rows = lent_roles(
        company_id=request.act.company_id,
        day=request.act.on,
        state="" if wanted.state == "all" else wanted.state,
        before_id=wanted.before,
        count=wanted.count,
    )
    return page_of([LentRoleShown(**asdict(row)) for row in rows], wanted)


def shown(row: RuleVersion) -> RuleShown:
    """A version as the API shows it."""
    return RuleShown(**asdict(row))


def tried(row: Tried) -> TriedOrder:
    """An order of a trial as the API shows it."""
    return TriedOrder(row.order_id, row.number, row.change, row.was_broken, row.is_broken, row.decision)
