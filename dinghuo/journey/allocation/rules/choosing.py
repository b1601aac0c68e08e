"""Which lines to fill when not all can be: exactly, up to a stated amount of work. Rule: docs/rules/allocation.md, choosing."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

# So many intermediate states are weighed for one product before a good choice is taken instead of the best.
STATES = 10_000


class Item(NamedTuple):
    """A line to choose: units it takes in full (at least 1), worth of each unit, and worth of its being full."""

    units: int
    unit_worth: int
    full_worth: int = 0

    @property
    def worth(self) -> int:
        """What the line is worth in full."""
        return self.units * self.unit_worth + self.full_worth


class Choice(NamedTuple):
    """Units for each item; `is_best` tells that no other choice is worth more."""

    units: list[int]
    is_best: bool


class State(NamedTuple):
    """Some items together: their units and worth, the one added last and the state it was added to."""

    units: int
    worth: int
    item: int
    before: "State | None"


EMPTY = State(0, 0, -1, None)


def ship_complete(items: Sequence[Item], supply: int) -> Choice:
    """The set of lines, each in full, that is worth most (D1.9); of equals the one that uses fewer units, then the first found."""
    ranked = sorted(range(len(items)), key=lambda at: (-Fraction(items[at].worth, items[at].units), at))
    ranked = [at for at in ranked if items[at].units <= supply and items[at].worth > 0]
    good = _densest(items, ranked, supply)
    least = sum(items[at].worth for at in good)
    states, weighed = [EMPTY], 0
    for number, at in enumerate(ranked):
        states = _with(states, items[at], at, supply)
        following = ranked[number + 1 : number + 2]
        rate = items[following[0]] if following else None
        states = [state for state in states if _may_reach(state, rate, supply, least)]
        weighed += len(states)
        if weighed > STATES:
            return Choice(_filled(items, good), is_best=False)
    return Choice(_filled(items, _members(states[-1])), is_best=True)


def _densest(items: Sequence[Item], ranked: Sequence[int], supply: int) -> list[int]:
    """The items taken by worth per unit as they fit, or the single most worthy one if that is worth more."""
    taken, left = [], supply
    for at in ranked:
        if items[at].units <= left:
            taken.append(at)
            left -= items[at].units
    alone = max(ranked, key=lambda at: (items[at].worth, -at), default=None)
    if alone is not None and items[alone].worth > sum(items[at].worth for at in taken):
        return [alone]
    return taken


def _with(states: list[State], item: Item, at: int, supply: int) -> list[State]:
    """All states with and without one more item, without those that another beats in both units and worth."""
    added = [
        State(state.units + item.units, state.worth + item.worth, at, state)
        for state in states
        if state.units + item.units <= supply
    ]
    kept: list[State] = []
    # The sort is stable: of two alike the one without the item comes first and stays.
    for state in sorted(states + added, key=lambda state: (state.units, -state.worth)):
        if not kept or state.worth > kept[-1].worth:
            kept.append(state)
    return kept


def _may_reach(state: State, following: Item | None, supply: int, least: int) -> bool:
    """Whether a state could still end at `least` or above if all units left were worth what the next densest item's are."""
    if following is None:
        return state.worth >= least
    return (least - state.worth) * following.units <= (supply - state.units) * following.worth


def _members(state: State | None) -> list[int]:
    found = []
    while state is not None and state.item >= 0:
        found.append(state.item)
        state = state.before
    return found


def _filled(items: Sequence[Item], chosen: Sequence[int]) -> list[int]:
    units = [0] * len(items)
    for at in chosen:
        units[at] = items[at].units
    return units


class _Best(NamedTuple):
    worth: int
    full: list[int]
    partial: int
    units: int


def least_penalty(items: Sequence[Item], supply: int) -> Choice:
    """Units for lines, parts allowed, of the largest worth in units and in full lines: least fines and lost margin (D1.10).

    In a best choice at most one line is served in part, and every line with a better worth per unit than that one is full. So for
    each line that may be the one in part, those before it are filled and the rest is a choice of full lines.
    """
    ranked = sorted(range(len(items)), key=lambda at: (-items[at].unit_worth, at))
    before = [0]
    for at in ranked:
        before.append(before[-1] + items[at].units)
    if before[-1] <= supply:
        return Choice([item.units for item in items], is_best=True)
    best = _Best(-1, [], -1, 0)
    states, weighed = [EMPTY], 0
    for number in reversed(range(len(ranked))):
        at, capacity = ranked[number], supply - before[number]
        if capacity >= 0:
            found = _in_part(states, items, at, capacity)
            worth = found.worth + sum(items[of].worth for of in ranked[:number])
            # Not worse, rather than better: of equals the one that fills more of the best lines.
            if worth >= best.worth:
                best = found._replace(worth=worth, full=ranked[:number] + found.full)
        states = _with(states, items[at], at, supply)
        weighed += len(states)
        if weighed > STATES:
            return Choice(_by_worth_when_full(items, supply), is_best=False)
    units = _filled(items, best.full)
    units[best.partial] = best.units
    return Choice(units, is_best=True)


def _in_part(states: Sequence[State], items: Sequence[Item], at: int, capacity: int) -> _Best:
    """The best set of full lines to stand beside one line served with what is left of a capacity."""
    best = _Best(-1, [], at, 0)
    chosen: State | None = None
    for state in states:
        if state.units > capacity:
            break
        units = min(items[at].units, capacity - state.units)
        worth = state.worth + (items[at].worth if units == items[at].units else units * items[at].unit_worth)
        if worth > best.worth:
            best, chosen = _Best(worth, [], at, units), state
    return best._replace(full=_members(chosen))


def _by_worth_when_full(items: Sequence[Item], supply: int) -> list[int]:
    units = [0] * len(items)
    for at in sorted(range(len(items)), key=lambda at: (-Fraction(items[at].worth, items[at].units), at)):
        units[at] = min(items[at].units, supply)
        supply -= units[at]
    return units
