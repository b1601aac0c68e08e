"""How the rules in force judge an order: which of them apply, what outranks what, and where the order ends up.

Rule: docs/rules/review.md. Orders of one run are judged one after the other; what one uses of its customer's room is gone for the
next.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from dinghuo.journey.review.rules.catalogue import KINDS
from dinghuo.journey.review.rules.credit import paid_in_advance
from dinghuo.journey.review.rules.facts import Case, OrderFacts, RuleInForce
from dinghuo.journey.review.rules.kinds import NOT_COMPARED, Finding

# A rule of a narrower scope takes the place of the wider ones of its kind.
NARROW = {"company": 0, "customer_class": 1, "product_category": 2, "customer": 3}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules in force made of one order."""

    facts: OrderFacts
    outcome: str
    findings: tuple[tuple[RuleInForce, Finding], ...]
    needs_approval: bool = False

    @property
    def breaches(self) -> list[str]:
        """The codes of the rules that were broken, and `approval` for an order that waits for people alone."""
        broken = [rule.code for rule, finding in self.findings if finding.is_breach and not rule.is_release_exclusion]
        return [*broken, "approval"] if self.needs_approval else broken


def judge(rules: Sequence[RuleInForce], cases: Iterable[Case]) -> list[Judgement]:
    """Judge orders one after the other; a released one leaves less room to those after it, its own customer's and its group's."""
    used: dict[int, Decimal] = {}
    pool_used: dict[int, Decimal] = {}
    judged = []
    for given in cases:
        customer, group = given.order.customer_id, given.order.group_id
        case = replace(given, used=used.get(customer, Decimal(0)), pool_used=pool_used.get(group, Decimal(0)))
        findings = tuple(findings_of(rules, case))
        outcome = outcome_of({rule.severity for rule, found in findings if found.is_breach and not rule.is_release_exclusion})
        # A released order that is judged again at a later point is in its customer's exposure already.
        if outcome == "released" and case.order.state != "released":
            used[customer] = case.used + case.order.amount_new
            pool_used[group] = case.pool_used + case.order.amount_new
        judged.append(Judgement(case.order, outcome, findings))
    return judged


def findings_of(rules: Sequence[RuleInForce], case: Case) -> list[tuple[RuleInForce, Finding]]:
    """What each rule that applies finds; an exclusion that matches lets the order pass before the others are asked (E1.13)."""
    applying = applying_rules(rules, case.order)
    for rule in applying:
        if rule.is_release_exclusion:
            found = finding_of(rule, case)
            if found.is_breach:
                return [(rule, found)]
    by_category = categories_with_own_rule(applying)
    return [
        (rule, finding_of(rule, of_scope(rule, case, by_category.get(rule.kind, frozenset()))))
        for rule in applying
        if not rule.is_release_exclusion
    ]


def applying_rules(rules: Sequence[RuleInForce], order: OrderFacts) -> list[RuleInForce]:
    """The rules whose scope the order is in; of one kind, those of the narrowest scope that names this customer or its class."""
    own = {"customer": order.customer_code, "customer_class": order.customer_class}
    matching = [rule for rule in rules if rule.scope not in own or rule.scope_value == own[rule.scope]]
    if all(rule.scope == "company" for rule in matching):
        return matching
    narrowest: dict[str, int] = {}
    for rule in matching:
        if rule.scope != "product_category" and not rule.is_release_exclusion:
            narrowest[rule.kind] = max(narrowest.get(rule.kind, 0), NARROW[rule.scope])
    return [
        rule
        for rule in matching
        if rule.is_release_exclusion or rule.scope == "product_category" or NARROW[rule.scope] == narrowest[rule.kind]
    ]


def categories_with_own_rule(rules: Sequence[RuleInForce]) -> dict[str, frozenset[str]]:
    """The product categories that have a rule of their own, by kind."""
    found: dict[str, frozenset[str]] = {}
    for rule in rules:
        if rule.scope == "product_category":
            found[rule.kind] = found.get(rule.kind, frozenset()) | {rule.scope_value}
    return found


def of_scope(rule: RuleInForce, case: Case, own_categories: frozenset[str]) -> Case:
    """The case with the lines that a rule judges: its category's, or those whose category has no rule of its own."""
    if rule.scope == "product_category":
        return replace(case, lines=[line for line in case.lines if line.category == rule.scope_value])
    if own_categories and rule.scope != "customer":
        return replace(case, lines=[line for line in case.lines if line.category not in own_categories])
    return case


def finding_of(rule: RuleInForce, case: Case) -> Finding:
    """What one rule finds; an order paid in advance is spared credit (E1.17), one that a person let go lately this rule (E1.14)."""
    kind = KINDS[rule.kind]
    if kind.is_credit and (prepaid := paid_in_advance(case)) and prepaid >= case.order.amount_gross:
        return Finding(False, {"prepaid": prepaid, "order": case.order.amount_gross})
    if kind.by_line and case.lines_to_review is not None:
        case = replace(case, lines=[line for line in case.lines if line.line_id in case.lines_to_review])
    measured = kind.measure(case, rule.parameters)
    line_ids = measured.pop("broken_ids", ())
    is_broken = kind.is_broken(measured, rule.parameters)
    # The thresholds go with the figures, so that a finding explains itself whatever becomes of the rule.
    figures = {name: value for name, value in rule.parameters.items() if name not in NOT_COMPARED} | measured
    if is_broken and (exempt := excluded_as(rule, case.order)):
        return Finding(False, {**figures, "excluded": exempt})
    until = grace_until(rule, case) if is_broken else None
    if until is not None:
        return Finding(False, {**figures, "grace_until": until.isoformat()})
    return Finding(is_broken, figures, line_ids if is_broken else ())


def excluded_as(rule: RuleInForce, order: OrderFacts) -> str | None:
    """As what a rule's own exclusions spare an order: its customer's code, else the class; None when they do not (E1.13)."""
    if order.customer_code in rule.parameters.get("except_customers", ()):
        return order.customer_code
    return order.customer_class if order.customer_class in rule.parameters.get("except_classes", ()) else None


def grace_until(rule: RuleInForce, case: Case) -> date | None:
    """The last day on which a person's release still counts for this rule, or None."""
    days, released_on = rule.parameters.get("grace_days") or 0, case.order.grace.get(rule.code)
    if not days or released_on is None:
        return None
    until = date.fromisoformat(released_on) + timedelta(days=days)
    return until if case.today <= until else None


def outcome_of(severities: set[str]) -> str:
    """The state that breaches of these severities lead an order to: the gravest decides; a line's hold holds no order."""
    if "reject" in severities:
        return "rejected"
    return "held" if "hold" in severities else "released"


def decided_again(kind: str, parameters: dict[str, object], inputs: dict[str, object]) -> bool:
    """Whether a rule was broken, from the figures that its finding stored and its version's parameters alone."""
    if not inputs.keys().isdisjoint(("prepaid", "grace_until", "excluded")):
        return False
    return KINDS[kind].is_broken(inputs, parameters)
