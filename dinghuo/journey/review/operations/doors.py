"""Later check points: what stops a released order at a door."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.journey.review.operations.gathering import cases_of, rules_in_force
from dinghuo.journey.review.operations.judging import lock_customers, write
from dinghuo.journey.review.rules import Judgement, RuleInForce, judge
from dinghuo.kernel import journal, sql
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act

# Goods that have left are owed for: nothing stops their invoice.
NEVER_STOPS = frozenset({"invoice"})


@dataclass(frozen=True, slots=True)
class HoldAtPoint:
    """A hold that a rule placed on an order: open, or lifted by a person."""

    order_id: int
    code: str
    is_open: bool


@transaction.atomic
def check_orders(*, act: Act, point: str, order_ids: Sequence[int]) -> Mapping[int, list[str]]:
    """Judge released orders at a later check point; returns those that may not go on, each with the rules that stop it.

    They stay released, with a hold that is lifted as soon as the rules let the order pass, or by a person with `release_holds`, who
    is not asked again. An order adds nothing to exposure that it was released with. The caller has locked the orders, and no stock.
    """
    rules = rules_in_force(act, point)
    if not rules or not order_ids or point in NEVER_STOPS:
        return {}
    named = SalesOrder.objects.filter(company_id=act.company_id, id__in=order_ids)
    lock_customers(act, set(named.values_list("customer_id", flat=True)))
    cases = cases_of(act, rules, sorted(set(order_ids)))

    known = sql.rows(
        "review/holds_at_point",
        HoldAtPoint,
        company_id=act.company_id,
        order_ids=[case.order.order_id for case in cases],
        rule_codes=[rule.code for rule in rules],
    )
    opened = {(hold.order_id, hold.code) for hold in known if hold.is_open}
    allowed = {(hold.order_id, hold.code) for hold in known if not hold.is_open}

    judged = [at_door(row, allowed) for row in judge(rules, cases)]
    stopped = {row.facts.order_id: stopping(row) for row in judged if row.outcome != "released"}
    changed = [row for row in judged if {(row.facts.order_id, code) for code in stopping(row)} != of_order(opened, row)]

    write(act, changed, point, lift_rule_ids=[rule.id for rule in rules])

    events = [Happened(row.facts.order_id, row.facts.order_id, {"point": point, "rules": stopping(row)}) for row in changed]
    journal.record(act, "OrderStopped", "sales_order", [event for event in events if event.facts["rules"]])
    journal.record(act, "HoldLifted", "sales_order", [event for event in events if not event.facts["rules"]])
    return stopped


def at_door(judgement: Judgement, allowed: set[tuple[int, str]]) -> Judgement:
    """The judgement without what a person has let pass before; a rejection stops like a hold."""
    order_id = judgement.facts.order_id
    findings = tuple(
        (rule, replace(finding, is_breach=False, inputs={**finding.inputs, "grace_until": None}))
        if finding.is_breach and (order_id, rule.code) in allowed
        else (hold_for(rule), finding)
        for rule, finding in judgement.findings
    )
    is_stopped = any(finding.is_breach and rule.severity == "hold" for rule, finding in findings)
    return Judgement(judgement.facts, "held" if is_stopped else "released", findings)


def hold_for(rule: RuleInForce) -> RuleInForce:
    """The rule as it acts at a door, where nothing is turned down."""
    return replace(rule, severity="hold") if rule.severity == "reject" else rule


def stopping(judgement: Judgement) -> list[str]:
    """The codes of the rules that stop an order at a door."""
    return [
        rule.code
        for rule, finding in judgement.findings
        if finding.is_breach and rule.severity == "hold" and not rule.is_release_exclusion
    ]


def of_order(holds: set[tuple[int, str]], judgement: Judgement) -> set[tuple[int, str]]:
    """The holds of one order."""
    return {(order_id, code) for order_id, code in holds if order_id == judgement.facts.order_id}
