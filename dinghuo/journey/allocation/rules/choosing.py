"""Which lines to fill when not all can be: exactly, up to a stated amount of work. Rule: docs/rules/allocation.md, choosing."""

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate
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


# Some items together: their units, their worth below zero, the one added last and the state it was added to. Sorted, the states
# without rival run from few units to many and, with them, from little worth to much.
State = tuple[int, int, int, "State | None"]
EMPTY: State = (0, 0, -1, None)


def ship_complete(items: Sequence[Item], supply: int) -> Choice:
    """The set of lines, each in full, that is worth most (D1.9); of equals the one that uses fewer units."""
    ranked = [at for at in _by_density(items) if items[at].units <= supply and items[at].worth > 0]
    good = _densest(items, ranked, supply)
    least = sum(items[at].worth for at in good)
    states, weighed = [EMPTY], 0
    for number, at in enumerate(ranked):
        rest = ranked[number + 1 :]
        states = _with(states, items[at], at, supply)
        least = max(least, -states[-1][1] + _worth_fitting(items, rest, supply - states[-1][0]))
        states = _that_may_reach(least, states, [items[of] for of in rest], supply)
        weighed += len(states)
        if weighed > STATES:
            return Choice(_filled(items, good), is_best=False)
    return Choice(_filled(items, _members(states[-1])), is_best=True)


def _by_density(items: Sequence[Item]) -> list[int]:
    return sorted(range(len(items)), key=lambda at: (-Fraction(items[at].worth, items[at].units), at))


def _worth_fitting(items: Sequence[Item], ranked: Sequence[int], left: int) -> int:
    worth = 0
    for at in ranked:
        if items[at].units <= left:
            left -= items[at].units
            worth += items[at].worth
    return worth


def _that_may_reach(least: int, states: list[State], rest: Sequence[Item], supply: int) -> list[State]:
    """The states that could still end at `least` or above if the rest, densest first, could be cut to fit exactly."""
    units = [0, *accumulate(item.units for item in rest)]
    worth = [0, *accumulate(item.worth for item in rest)]
    kept = []
    for state in states:
        room = supply - state[0]
        fits = bisect_right(units, room) - 1
        lacking = least + state[1] - worth[fits]
        if lacking <= 0 or (fits < len(rest) and lacking * rest[fits].units <= (room - units[fits]) * rest[fits].worth):
            kept.append(state)
    return kept


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
    units, worth, room = item.units, item.worth, supply - item.units
    merged = [*states, *[(state[0] + units, state[1] - worth, at, state) for state in states if state[0] <= room]]
    # No two of them agree in units, worth and last item, so the sort never looks further.
    merged.sort()
    kept, most = [], 1
    for state in merged:
        if state[1] < most:
            kept.append(state)
            most = state[1]
    return kept


def _members(state: State | None) -> list[int]:
    found = []
    while state is not None and state[2] >= 0:
        found.append(state[2])
        state = state[3]
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
    good = _by_worth_when_full(items, supply)
    least = sum(_worth_of(item, part) for item, part in zip(items, good, strict=True))
    best = _Best(-1, [], -1, 0)
    states, weighed, densest = [EMPTY], 0, _by_density(items)
    for number in reversed(range(len(ranked))):
        at, capacity = ranked[number], supply - before[number]
        if capacity >= 0:
            found = _in_part(states, items, at, capacity)
            worth = found.worth + sum(items[of].worth for of in ranked[:number])
            # Not worse, rather than better: of equals the one that fills more of the best lines.
            if worth >= best.worth:
                best = found._replace(worth=worth, full=ranked[:number] + found.full)
        densest.remove(at)
        states = _with(states, items[at], at, supply)
        states = _that_may_reach(max(least, best.worth), states, [items[of] for of in densest], supply)
        weighed += len(states)
        if weighed > STATES:
            return Choice(good, is_best=False)
    units = _filled(items, best.full)
    units[best.partial] = best.units
    return Choice(units, is_best=True)


def _worth_of(item: Item, units: int) -> int:
    return item.worth if units == item.units else units * item.unit_worth


def _in_part(states: Sequence[State], items: Sequence[Item], at: int, capacity: int) -> _Best:
    """The best set of full lines to stand beside one line served with what is left of a capacity."""
    best = _Best(-1, [], at, 0)
    chosen: State | None = None
    for state in states:
        if state[0] > capacity:
            break
        units = min(items[at].units, capacity - state[0])
        worth = _worth_of(items[at], units) - state[1]
        if worth > best.worth:
            best, chosen = _Best(worth, [], at, units), state
    return best._replace(full=_members(chosen))


def _by_worth_when_full(items: Sequence[Item], supply: int) -> list[int]:
    units = [0] * len(items)
    for at in _by_density(items):
        units[at] = min(items[at].units, supply)
        supply -= units[at]
    return units
