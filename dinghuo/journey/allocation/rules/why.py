"""Why a line got what it got: its stored decision and its rivals', turned into facts for a sentence."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from dinghuo.journey.allocation.rules.keys import key
from dinghuo.journey.allocation.rules.problem import Decision, Demand, Policy, Reason, Share

FACT_NAMES: Mapping[Reason, tuple[str, ...]] = {
    Reason.FULL: (),
    Reason.NO_STOCK: ("start",),
    Reason.OTHERS_FIRST: ("start", "taken_by_others"),
    Reason.SHARED: ("start", "wanted_by_all"),
    Reason.QUOTA: ("limit", "taken_by_others"),
    Reason.FLOOR: ("kept_for_others",),
    Reason.SAFETY: ("safety",),
    Reason.SHORT_LIFE: ("refused", "days_wanted"),
    Reason.LINE_COMPLETE: ("possible",),
    Reason.ORDER_COMPLETE: ("lacking_line_id", "possible"),
    Reason.MINIMUM_FILL: ("possible", "thousandths_wanted"),
    Reason.ORDER_VALUE: ("thousandths_filled", "thousandths_wanted"),
    Reason.WHOLE_CASES: ("case_size", "left_over"),
    Reason.LAST_DELIVERY: ("possible", "deliveries"),
    Reason.KIT: ("sets_possible", "sets_wanted"),
    Reason.OVER_LIMIT: (),
    Reason.BLOCKED: (),
    Reason.LOST: ("confirmed",),
    Reason.NEVER_ABOVE: ("confirmed",),
    Reason.KEPT: ("confirmed",),
    Reason.TOO_EARLY: ("served_from",),
    Reason.HEAD_OF_LINE: ("stopped_by_line_id",),
    Reason.PATIENCE_OVER: ("given_back", "days_held"),
    Reason.HOLDING: ("held", "held_until"),
    Reason.WORTH_LESS: ("worth", "worth_chosen"),
    Reason.ONE_LOT: ("in_lot",),
    Reason.LATE: ("late",),
    Reason.OVER: ("above",),
    Reason.ABORTED: ("broken_line_id",),
}


class Rival(NamedTuple):
    """Another line for the same product: its rank, what it wanted and what it got."""

    line_id: int
    rank: int
    wanted: int
    given: int


class Why(NamedTuple):
    """The facts behind one line's units.

    `ahead`: better ranked lines that got something, first served first; `behind`: lines ranked after it that got something all the
    same, with `behind_units` in all. `left`: units of the product that nobody got. `chain`: the reasons in the order they counted.
    """

    line_id: int
    wanted: int
    confirmed: int
    given: int
    missing: int
    rank: int
    lines: int
    reason: Reason
    facts: dict[str, int]
    ahead: tuple[Rival, ...]
    ahead_units: int
    behind: tuple[Rival, ...]
    behind_units: int
    left: int
    shares: tuple[Share, ...]
    chain: tuple[str, ...]


def why(line_id: int, rows: Iterable[Decision], left: int, most_rivals: int = 10) -> Why:
    """The facts of one line among all rows of its run for the same product; at most so many rivals are named on either side."""
    ranked = sorted(rows, key=lambda row: row.rank)
    mine = next(row for row in ranked if row.line_id == line_id)
    ahead = [row for row in ranked if row.rank < mine.rank and row.given]
    behind = [row for row in ranked if row.rank > mine.rank and row.given]
    return Why(
        line_id=line_id,
        wanted=mine.wanted,
        confirmed=mine.confirmed,
        given=mine.given,
        missing=max(0, mine.wanted - mine.given),
        rank=1 + sum(row.rank < mine.rank for row in ranked),
        lines=len(ranked),
        reason=mine.reason,
        facts=dict(zip(FACT_NAMES[mine.reason], mine.facts, strict=True)),
        ahead=tuple(map(_rival, ahead[:most_rivals])),
        ahead_units=sum(row.given for row in ahead),
        behind=tuple(map(_rival, behind[:most_rivals])),
        behind_units=sum(row.given for row in behind),
        left=left,
        shares=mine.shares,
        chain=_chain(mine, bool(ahead)),
    )


def _rival(row: Decision) -> Rival:
    return Rival(row.line_id, row.rank, row.wanted, row.given)


def _chain(row: Decision, has_rivals_ahead: bool) -> tuple[str, ...]:
    """Strategy, then rank if someone was served before, then what was kept, then the limit, then where the units come from."""
    steps = [f"strategy_{row.strategy.name.lower()}"]
    if has_rivals_ahead:
        steps.append("ranked_behind")
    if row.confirmed and row.given >= row.confirmed:
        steps.append("kept_confirmed")
    steps.append(f"reason_{row.reason.name.lower()}")
    if len(row.shares) > 1:
        steps.append("several_places")
    return tuple(steps)


class Difference(NamedTuple):
    """The first key by which one line is ranked before another, and the value of each."""

    key: str
    mine: int
    theirs: int


def ranked_apart_by(policy: Policy, mine: Demand, theirs: Demand, today: int) -> Difference:
    """Which key of the ranking decided between two lines of one segment; entry and then line id decide what no key does."""
    for by in policy.ranking:
        read = key(by.key, policy)
        if read(mine, today) != read(theirs, today):
            return Difference(by.key, read(mine, today), read(theirs, today))
    if mine.entered != theirs.entered:
        return Difference("entered", mine.entered, theirs.entered)
    return Difference("line_id", mine.line_id, theirs.line_id)
