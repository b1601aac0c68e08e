"""A plan made a second time: nothing may change. Rule: docs/rules/allocation.md, proof."""

from dataclasses import replace

from dinghuo.journey.allocation.rules import proof
from dinghuo.journey.allocation.rules.engine import Prepared, plan
from dinghuo.journey.allocation.rules.problem import Plan, Problem

REPLAYED = ("any_order", "second_run")


def replayed(ready: Prepared, problem: Problem, found: Plan) -> tuple[str, ...]:
    """The invariants of `REPLAYED` that do not hold: the same input turned around, and a run on what the plan leaves.

    Costs two more plans. A policy that judges lines by what is confirmed to them may rightly change its mind in a second run; so
    may one that met a broken promise. Those are only turned around.
    """
    turned = replace(problem, demands=[*problem.demands][::-1], stock=[*problem.stock][::-1])
    other = plan(ready, turned)
    failed = []
    if (other.input_hash, other.output_hash) != (found.input_hash, found.output_hash):
        failed.append("any_order")
    if settles(ready, found):
        again = plan(ready, proof.after(problem, found.decisions, found.left))
        if [(one.line_id, one.given, one.shares) for one in again.decisions] != [
            (one.line_id, one.given, one.shares) for one in found.decisions
        ]:
            failed.append("second_run")
    return tuple(failed)


def settles(ready: Prepared, found: Plan) -> bool:
    """Whether a second run must change nothing: no breach, and neither segment nor rank depends on what is confirmed."""
    policy = ready.rules.policy
    named = {condition.key for segment in policy.segments for condition in segment.conditions}
    named |= {by.key for by in policy.ranking}
    return not found.breaches and "confirmed" not in named
