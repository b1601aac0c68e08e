"""Judging orders by the rules in force: when they are submitted, and again while they wait."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from dinghuo.journey.ordering.models import OrderState, SalesOrder
from dinghuo.journey.ordering.operations import LockedOrder, lock_orders
from dinghuo.journey.review.operations.gathering import cases_of, rules_in_force
from dinghuo.journey.review.operations.requests import ask_for_approvals
from dinghuo.journey.review.rules import PASSED, Finding, Judgement, RuleInForce, judge
from dinghuo.journey.review.rules.facts import Case
from dinghuo.kernel import journal, sql, states
from dinghuo.kernel.errors import DONE, Outcome, missing
from dinghuo.kernel.journal import Happened, as_json
from dinghuo.kernel.tenancy import Act

EVENTS = {"released": "OrderReleased", "held": "OrderHeld", "rejected": "OrderRejected"}


@dataclass(frozen=True, slots=True)
class LockedCustomer:
    """A customer whose credit this transaction alone decides on."""

    id: int


@dataclass(frozen=True, slots=True)
class LinesToReview:
    """The lines of an order, amended after its release, that are reviewed again."""

    order_id: int
    line_ids: Sequence[int]


@dataclass(frozen=True, slots=True)
class OpenHold:
    """What holds an order as a whole: a rule, or a person."""

    order_id: int
    rule_id: int | None


def review_orders(*, act: Act, order_ids: Sequence[int] | None = None) -> list[Outcome]:
    """Judge submitted orders by the rules in force: each is released, held or rejected, with a finding for every rule.

    Orders of one customer are judged oldest first, so that the last room under a credit limit goes to the one that came first.
    The outcome's facts say what became of the order and which rules it broke. Refuses `not_submitted`. Rule: docs/rules/review.md.
    """
    return judge_and_write(act, order_ids, OrderState.SUBMITTED, "not_submitted", "submitted")


def review_held_orders(*, act: Act, order_ids: Sequence[int] | None = None) -> list[Outcome]:
    """Judge held orders again, oldest first, because a payment, a limit or master data may have cured the cause.

    An order that waits as before is refused as `still_held`, and nothing is written about it. Refuses `not_held`.
    """
    return judge_and_write(act, order_ids, OrderState.HELD, "not_held", "again")


def judge_again(act: Act, order_ids: Sequence[int]) -> None:
    """Judge held orders that have all their approvals: they go on, or the rules that they break by now are on record."""
    if order_ids:
        judge_and_write(act, order_ids, OrderState.HELD, "not_held", "approved")


@transaction.atomic
def judge_and_write(act: Act, order_ids: Sequence[int] | None, state: OrderState, refusal: str, cause: str) -> list[Outcome]:
    """Judge the orders that are in a state, and write what was found."""
    orders = lock_orders(company_id=act.company_id, order_ids=order_ids, ready_in=[state])
    ready = [order for order in orders if order.state == state]
    # Two orders racing for the last room under a limit meet here: the second waits, then sees the first as exposure.
    lock_customers(act, {order.customer_id for order in ready})

    refused = [
        Outcome(id=order.id, code=refusal, facts={"number": order.number, "state": order.state})
        for order in orders
        if order.state != state
    ] + missing(order_ids, (order.id for order in orders))

    rules = rules_in_force(act) if ready else []
    judged = judge(rules, narrowed(act, ready, cases_of(act, rules, [order.id for order in ready]))) if ready else []
    holders = holders_of(act, judged)
    # What a person holds as a whole no rule lets go.
    by_hand = {order_id for order_id, rule_ids in holders.items() if None in rule_ids}
    judged = [replace(row, outcome="held") if is_released(row) and row.facts.order_id in by_hand else row for row in judged]
    waiting = ask_for_approvals(act, [row.facts.order_id for row in judged if is_released(row)])
    judged = [replace(row, outcome="held", needs_approval=True) if row.facts.order_id in waiting else row for row in judged]
    held_by = {order_id: rule_ids - {None} for order_id, rule_ids in holders.items()}
    changed = [
        row
        for row in judged
        if row.outcome != state or is_news(row, waiting, cause) or held_by.get(row.facts.order_id, set()) != holding(row)
    ]

    # A held order that waits as before is no news: the first review, a change of outcome and another cause are written.
    write(act, changed, cause)
    for outcome in EVENTS:
        moving = [row.facts.order_id for row in changed if row.outcome == outcome]
        states.move(SalesOrder, company_id=act.company_id, ids=moving, to=outcome)

    for outcome, event in EVENTS.items():
        journal.record(act, event, "sales_order", happened([row for row in changed if row.outcome != state], outcome))
    return [outcome_for(row, state) for row in judged] + refused


def holders_of(act: Act, judged: Sequence[Judgement]) -> dict[int, set[int | None]]:
    """What holds these orders as a whole by now: rules by id, None for a person. An order that is new cannot be held."""
    known = [row.facts.order_id for row in judged if row.facts.state == OrderState.HELD or row.facts.version > 1]
    holders: dict[int, set[int | None]] = defaultdict(set)
    for hold in sql.rows("review/open_order_holds", OpenHold, company_id=act.company_id, order_ids=known) if known else ():
        holders[hold.order_id].add(hold.rule_id)
    return holders


def is_released(judgement: Judgement) -> bool:
    """Whether the rules let an order go."""
    return judgement.outcome == "released"


def holding(judgement: Judgement) -> set[int | None]:
    """The rules that hold an order as a whole, by id."""
    return {rule_id for _, rule_id, line_id in holds_of(judgement) if line_id is None}


def is_news(judgement: Judgement, waiting: Mapping[int, bool], cause: str) -> bool:
    """Whether an order that stays held waits for something else now: for people, or with all approvals for a rule after all."""
    return waiting.get(judgement.facts.order_id, False) or (cause == "approved" and not judgement.needs_approval)


def narrowed(act: Act, orders: Sequence[LockedOrder], cases: Sequence[Case]) -> list[Case]:
    """The cases, those of orders amended after their release with what changed; rules about the whole order look at all of it."""
    amended = [order.id for order in orders if order.version > 1]
    if not amended:
        return list(cases)
    found = sql.rows("review/lines_to_review", LinesToReview, company_id=act.company_id, order_ids=amended)
    lines = {row.order_id: frozenset(row.line_ids) for row in found}
    return [replace(case, lines_to_review=lines.get(case.order.order_id)) for case in cases]


def outcome_for(judgement: Judgement, state: OrderState) -> Outcome:
    """What became of an order; one that waits as before is `still_held`."""
    facts = {"state": judgement.outcome, "rules": judgement.breaches}
    code = "still_held" if judgement.outcome == state else DONE
    return Outcome(id=judgement.facts.order_id, code=code, facts=facts)


def lock_customers(act: Act, customer_ids: set[int]) -> None:
    """Lock customers in order of id; the statements after it see every order that rivals have released."""
    sql.rows("review/lock_customers", LockedCustomer, company_id=act.company_id, customer_ids=sorted(customer_ids))


def write(act: Act, judged: Sequence[Judgement], cause: str, *, lift_rule_ids: Sequence[int] | None = None) -> None:
    """Write reviews, findings and holds in one statement; holds whose cause is gone end, of the named rules or of all."""
    if not judged:
        return
    rows = [(row.facts.order_id, rule, finding) for row in judged for rule, finding in row.findings]
    holds = [hold for row in judged for hold in holds_of(row)]
    sql.execute(
        "review/write_reviews",
        company_id=act.company_id,
        at=act.at,
        actor_id=act.actor_id,
        cause=cause,
        order_ids=[row.facts.order_id for row in judged],
        versions=[row.facts.version for row in judged],
        outcomes=[row.outcome for row in judged],
        finding_order_ids=[order_id for order_id, _, _ in rows],
        finding_rule_ids=[rule.id for _, rule, _ in rows],
        finding_outcomes=[outcome_of_finding(rule, finding) for _, rule, finding in rows],
        finding_inputs=[as_json(finding.inputs) for _, _, finding in rows],
        hold_order_ids=[order_id for order_id, _, _ in holds],
        hold_rule_ids=[rule_id for _, rule_id, _ in holds],
        hold_line_ids=[line_id for _, _, line_id in holds],
        lift_rule_ids=None if lift_rule_ids is None else list(lift_rule_ids),
    )


def outcome_of_finding(rule: RuleInForce, finding: Finding) -> str:
    """What a finding led to, as it is stored: `pass`, `release` for an exclusion that matched, else the rule's severity."""
    if not finding.is_breach:
        return PASSED
    return "release" if rule.is_release_exclusion else rule.severity


def holds_of(judgement: Judgement) -> list[tuple[int, int, int | None]]:
    """The holds that a judgement asks for, as order, rule and line; without a line it is the order that waits."""
    order_id = judgement.facts.order_id
    holds: list[tuple[int, int, int | None]] = []
    for rule, finding in judgement.findings:
        if not finding.is_breach or rule.is_release_exclusion:
            continue
        if rule.severity == "hold" and judgement.outcome == "held":
            holds.append((order_id, rule.id, None))
        elif rule.severity == "hold_line":
            holds += [(order_id, rule.id, line_id) for line_id in finding.line_ids]
    return holds


def happened(judged: Iterable[Judgement], outcome: str) -> list[Happened]:
    """The events of the orders with one outcome; a clean release needs no facts."""
    return [
        Happened(row.facts.order_id, row.facts.order_id, {"rules": row.breaches} if row.breaches else {})
        for row in judged
        if row.outcome == outcome
    ]
