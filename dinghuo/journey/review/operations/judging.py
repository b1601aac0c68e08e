"""Judging orders by the rules in force."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from dinghuo.journey.ordering.models import OrderState, SalesOrder
from dinghuo.journey.ordering.operations import LockedOrder, lock_orders
from dinghuo.journey.review.rules import KINDS, PASSED, Finding, OrderFacts, outcome_of
from dinghuo.kernel import journal, sql, states
from dinghuo.kernel.errors import DONE, Outcome, missing
from dinghuo.kernel.journal import Happened, as_json
from dinghuo.kernel.tenancy import Act

EVENTS = {"released": "OrderReleased", "held": "OrderHeld", "rejected": "OrderRejected"}


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """The version of a rule that judges today."""

    id: int
    code: str
    kind: str
    parameters: Mapping[str, Any]
    severity: str


@dataclass(frozen=True, slots=True)
class LockedCustomer:
    """A customer whose credit this transaction alone decides on."""

    id: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules in force made of one order."""

    facts: OrderFacts
    outcome: str
    findings: tuple[tuple[RuleInForce, Finding], ...]

    @property
    def breaches(self) -> list[str]:
        """The codes of the rules that were broken."""
        return [rule.code for rule, finding in self.findings if finding.is_breach]


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

    judged = judge(rules_in_force(act), facts_of(act, ready)) if ready else []
    changed = [judgement for judgement in judged if judgement.outcome != state]

    # A held order that stays held is no news: only the first review and a change of outcome are written.
    write(act, changed, cause)

    for outcome, event in EVENTS.items():
        journal.record(act, event, "sales_order", happened(changed, outcome))
    return [outcome_for(row, state) for row in judged] + refused


def outcome_for(judgement: Judgement, state: OrderState) -> Outcome:
    """What became of an order; one that waits as before is `still_held`."""
    facts = {"state": judgement.outcome, "rules": judgement.breaches}
    code = "still_held" if judgement.outcome == state else DONE
    return Outcome(id=judgement.facts.order_id, code=code, facts=facts)


def lock_customers(act: Act, customer_ids: set[int]) -> None:
    """Lock customers in order of id; the statements after it see every order that rivals have released."""
    sql.rows("review/lock_customers", LockedCustomer, company_id=act.company_id, customer_ids=sorted(customer_ids))


def rules_in_force(act: Act) -> list[RuleInForce]:
    """The rules that judge today, in a fixed order."""
    return sql.rows("review/rules_in_force", RuleInForce, company_id=act.company_id)


def facts_of(act: Act, orders: Sequence[LockedOrder]) -> list[OrderFacts]:
    """What the rules look at, oldest order first."""
    return sql.rows("review/order_facts", OrderFacts, company_id=act.company_id, order_ids=[order.id for order in orders])


def judge(rules: Sequence[RuleInForce], facts: Sequence[OrderFacts]) -> list[Judgement]:
    """Judge orders one after the other; what an order uses of its customer's room is gone for the next one."""
    used: dict[int, Decimal] = {}
    judged = []
    for order in facts:
        room_used = used.get(order.customer_id, Decimal(0))
        findings = tuple((rule, KINDS[rule.kind].judge(order, rule.parameters, room_used)) for rule in rules)
        outcome = outcome_of({rule.severity for rule, finding in findings if finding.is_breach})
        if outcome == "released":
            used[order.customer_id] = room_used + order.amount_gross
        judged.append(Judgement(order, outcome, findings))
    return judged


def write(act: Act, judged: Sequence[Judgement], cause: str) -> None:
    """Write reviews, findings and holds in one statement, then move the orders."""
    if not judged:
        return
    rows = [(row.facts.order_id, rule, finding) for row in judged for rule, finding in row.findings]
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
        finding_outcomes=[rule.severity if finding.is_breach else PASSED for _, rule, finding in rows],
        finding_inputs=[as_json(finding.inputs) for _, _, finding in rows],
    )
    for outcome in EVENTS:
        moving = [row.facts.order_id for row in judged if row.outcome == outcome]
        states.move(SalesOrder, company_id=act.company_id, ids=moving, to=outcome)


def happened(judged: Iterable[Judgement], outcome: str) -> list[Happened]:
    """The events of the orders with one outcome; a clean release needs no facts."""
    return [
        Happened(row.facts.order_id, row.facts.order_id, {"rules": row.breaches} if row.breaches else {})
        for row in judged
        if row.outcome == outcome
    ]
