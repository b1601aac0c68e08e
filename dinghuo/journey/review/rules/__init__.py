"""The rules of review as pure functions: facts in, findings out. Rule: docs/rules/review.md."""

from dinghuo.journey.review.rules.catalogue import DECIDED_ON, INSTALLED, KINDS
from dinghuo.journey.review.rules.facts import Case, OrderFacts, RuleInForce
from dinghuo.journey.review.rules.judging import Judgement, decided_again, judge
from dinghuo.journey.review.rules.kinds import PASSED, Finding, Kind, Parameter, checked_parameters

__all__ = [
    "DECIDED_ON",
    "INSTALLED",
    "KINDS",
    "PASSED",
    "Case",
    "Finding",
    "Judgement",
    "Kind",
    "OrderFacts",
    "Parameter",
    "RuleInForce",
    "checked_parameters",
    "decided_again",
    "judge",
]
