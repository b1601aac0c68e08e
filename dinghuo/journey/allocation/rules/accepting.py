"""How much of what it could have a line accepts. Rule: docs/rules/allocation.md, acceptance."""

from typing import NamedTuple

from dinghuo.journey.allocation.rules.problem import WHOLE, Acceptance, Demand, Reason


class Wishes(NamedTuple):
    """A line's own wishes and the policy's together. `most`: the most it takes; `enough`: from here it counts as complete."""

    most: int
    enough: int
    allowed: int
    case: int
    must_complete: bool
    is_last_delivery: bool
    minimum_fill: int


class Accepted(NamedTuple):
    """Units accepted, and why not more (FULL: nothing was refused)."""

    units: int
    reason: Reason
    facts: tuple[int, ...]


def wishes(demand: Demand, policy: Acceptance) -> Wishes:
    """What a line accepts; of two minimum fills the larger counts, of two limits on deliveries the smaller."""
    wanted = demand.wanted
    case = demand.case_size if policy.whole_cases and demand.case_size > 1 else 1
    allowed = wanted + wanted * max(demand.tolerance, policy.tolerance) // WHOLE
    most = wanted if case == 1 else most_in_cases(wanted, case, allowed)
    limits = [limit for limit in (demand.maximum_deliveries, policy.maximum_deliveries) if limit]
    return Wishes(
        most=most,
        enough=min(wanted, most),
        allowed=allowed,
        case=case,
        must_complete=demand.complete_line or policy.complete_lines,
        is_last_delivery=bool(limits) and demand.deliveries >= min(limits) - 1,
        minimum_fill=max(demand.minimum_fill, policy.minimum_fill),
    )


def most_in_cases(wanted: int, case: int, allowed: int) -> int:
    """The largest number of whole cases' units: one case above what is wanted if that is allowed (D4.8, D4.11)."""
    down, up = order_multiples(wanted, case)
    return up if up <= allowed else down


def order_multiples(wanted: int, multiple: int) -> tuple[int, int]:
    """The nearest valid quantities at or below and at or above what a buyer wants, to offer both (D4.9)."""
    down = wanted // multiple * multiple
    return down, down if down == wanted else down + multiple


def accepted(line: Wishes, possible: int, deliveries: int) -> Accepted:
    """What a line accepts of what it could have: whole cases, then complete, last delivery, minimum fill (D4.1, D4.5-D4.8)."""
    units = min(possible, line.most)
    left_over = 0
    if line.case > 1:
        left_over = units % line.case
        units -= left_over
    if units < line.enough:
        if line.must_complete:
            return Accepted(0, Reason.LINE_COMPLETE, (possible,))
        if line.is_last_delivery:
            return Accepted(0, Reason.LAST_DELIVERY, (possible, deliveries))
        if units * WHOLE < line.minimum_fill * line.enough:
            return Accepted(0, Reason.MINIMUM_FILL, (possible, line.minimum_fill))
    if left_over:
        return Accepted(units, Reason.WHOLE_CASES, (line.case, left_over))
    return Accepted(units, Reason.FULL, ())
