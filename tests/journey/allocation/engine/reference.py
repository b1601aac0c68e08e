"""Every rule once more, written from the catalogue in the plainest way, without regard to speed. Nothing here knows the engine."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any


def queue(lines: Sequence[Any], ranking: Sequence[Any], supply: int, today: int) -> list[int]:
    """D1: serve greedily, repeatedly picking the line that no other one beats."""
    derived: dict[str, Callable[[Any], Any]] = {
        "value": lambda line: line.unit_value * line.wanted,
        "days_waiting": lambda line: max(0, today - line.entered_on),
        "days_late": lambda line: max(0, today - line.requested_on),
    }

    def value(line: Any, name: str) -> int:
        return int(derived[name](line)) if name in derived else int(getattr(line, name))

    def beats(one: Any, other: Any) -> bool:
        for by in ranking:
            mine, theirs = value(one, by.key), value(other, by.key)
            if mine != theirs:
                return bool((mine > theirs) == by.descending)
        return bool((one.entered, one.line_id) < (other.entered, other.line_id))

    served = {line.line_id: 0 for line in lines}
    waiting = list(lines)
    while waiting:
        first = next(one for one in waiting if not any(beats(other, one) for other in waiting))
        served[first.line_id] = min(first.wanted, supply)
        supply -= served[first.line_id]
        waiting.remove(first)
    return [served[line_id] for line_id in sorted(served)]


def best_full_set(items: Sequence[Any], supply: int) -> int:
    """D1.9: the worth of the best subset, by looking at all of them."""
    best = 0
    for chosen in itertools.product((0, 1), repeat=len(items)):
        taken = list(itertools.compress(items, chosen))
        if sum(item.units for item in taken) <= supply:
            best = max(best, sum(item.units * item.unit_worth + item.full_worth for item in taken))
    return best


def worth_of(items: Sequence[Any], units: Sequence[int]) -> int:
    """D1.10: margin of the units, and the fine saved by each full line."""
    return sum(u * item.unit_worth + (item.full_worth if u == item.units else 0) for item, u in zip(items, units, strict=True))


def best_deal(items: Sequence[Any], supply: int) -> int:
    """D1.10: the best worth by trying every number of units for one line after the other."""
    best = {0: 0}
    for item in items:
        after: dict[int, int] = {}
        for used, worth in best.items():
            for units in range(min(item.units, supply - used) + 1):
                reached = worth + units * item.unit_worth + (item.full_worth if units == item.units else 0)
                after[used + units] = max(after.get(used + units, -1), reached)
        best = after
    return max(best.values())


def densest_first(lines: Sequence[Any], supply: int) -> int:
    """The worth of full lines taken by unit margin as they fit."""
    worth = 0
    for line in sorted(lines, key=lambda line: -line.unit_margin):
        if line.wanted <= supply:
            supply -= line.wanted
            worth += line.unit_margin * line.wanted
    return worth


def proportional(wanted: Sequence[int], supply: int) -> list[int]:
    """D2.1: hand out one left unit after the other to whoever's fraction is largest."""
    whole = sum(wanted)
    if whole <= supply:
        return list(wanted)
    exact = [Fraction(supply * want, whole) for want in wanted]
    parts = [int(share) for share in exact]
    behind = sorted(range(len(wanted)), key=lambda at: (parts[at] - exact[at], at))
    for at in itertools.islice(behind, supply - sum(parts)):
        parts[at] += 1
    return parts


def max_min(wanted: Sequence[int], supply: int) -> list[int]:
    """D2.5: one unit at a time to whoever has least of those who want more, the first of equals."""
    parts = [0] * len(wanted)
    for _unit in range(min(supply, sum(wanted))):
        hungry = [at for at in range(len(wanted)) if parts[at] < wanted[at]]
        parts[min(hungry, key=lambda at: (parts[at], at))] += 1
    return parts


def equal_percent(on_hand: Sequence[int], targets: Sequence[int], supply: int) -> list[Fraction]:
    """D2.2: the exact level, found by trying every set of places that could be the ones raised."""
    if sum(max(0, target - held) for held, target in zip(on_hand, targets, strict=True)) <= supply:
        return [Fraction(max(0, target - held)) for held, target in zip(on_hand, targets, strict=True)]
    places = range(len(targets))
    for size in reversed(range(1, len(targets) + 1)):
        for raised in itertools.combinations(places, size):
            level = Fraction(sum(on_hand[at] for at in raised) + supply, sum(targets[at] for at in raised))
            ups = [level * targets[at] - on_hand[at] if at in raised else Fraction(0) for at in places]
            others = [at for at in places if at not in raised]
            if min(ups) >= 0 and all(level * targets[at] <= on_hand[at] for at in others):
                return ups
    return [Fraction(0) for _at in places]


def down_up(wanted: Sequence[int], shares: Sequence[int]) -> list[int]:
    """D2.6: every unit that its own class does not use walks down the list to the first who wants it, else up from the bottom."""
    parts = [min(want, share) for want, share in zip(wanted, shares, strict=True)]
    spare = [share - part for share, part in zip(shares, parts, strict=True)]
    for at, units in enumerate(spare):
        for _unit in range(units):
            order = [*range(at + 1, len(wanted))]
            taker = next((to for to in order if parts[to] < wanted[to]), None)
            if taker is not None:
                parts[taker] += 1
                spare[at] -= 1
    for _unit in range(sum(spare)):
        taker = next((to for to in reversed(range(len(wanted))) if parts[to] < wanted[to]), None)
        if taker is not None:
            parts[taker] += 1
    return parts


def protected(lines: Sequence[Any], supply: int, floors: Mapping[int, int], quotas: Mapping[int, int]) -> list[int]:
    """D3.1-D3.3 by group: unit by unit, give if it leaves every other group its floor and the group its quota."""
    free, left, room = supply, dict(floors), dict(quotas)
    parts = []
    for line in lines:
        got = 0
        while got < line.wanted and room.get(line.group, 1) > 0:
            if free - sum(units for group, units in left.items() if group != line.group) <= 0:
                break
            got, free = got + 1, free - 1
            left[line.group] = max(0, left.get(line.group, 0) - 1)
            if line.group in room:
                room[line.group] -= 1
        parts.append(got)
    return parts


def accepted(line: Any, supply: int, complete: bool, fill: int) -> int:
    """D4.1, D4.5, D4.8: the largest number of units that breaks no wish."""
    largest = line.wanted - line.wanted % line.case_size
    for units in range(min(supply, largest), 0, -1):
        enough = units == largest or (not complete and units * 1000 >= fill * largest)
        if units % line.case_size == 0 and enough:
            return units
    return 0


def whole_orders(lines: Sequence[Any], stock: Mapping[int, int]) -> list[int]:
    """D4.2: order by order, all its lines or none."""
    free = dict(stock)
    parts: dict[int, int] = {}
    for order_id in dict.fromkeys(line.order_id for line in lines):
        own = [line for line in lines if line.order_id == order_id]
        needed: dict[int, int] = {}
        for line in own:
            needed[line.product_id] = needed.get(line.product_id, 0) + line.wanted
        is_served = all(free.get(product, 0) >= units for product, units in needed.items())
        for line in own:
            parts[line.line_id] = line.wanted if is_served else 0
            free[line.product_id] = free.get(line.product_id, 0) - parts[line.line_id]
    return [parts[line_id] for line_id in sorted(parts)]


def fewest_lots(sizes: Sequence[int], units: int) -> tuple[int, ...]:
    """D5.4: the first of the smallest covering sets when all are written down in order."""
    for count in range(len(sizes) + 1):
        for chosen in itertools.combinations(range(len(sizes)), count):
            if sum(sizes[at] for at in chosen) >= units:
                return chosen
    raise AssertionError


def cheapest(needed: int, held: Sequence[int], unit_costs: Sequence[int], fees: Sequence[int], split_fee: int) -> int:
    """D5.10: the least cost of one line by trying every split of its units."""
    best = None
    for split in itertools.product(*(range(units + 1) for units in held)):
        if sum(split) == needed:
            used = [at for at, units in enumerate(split) if units]
            cost = sum(units * unit_costs[at] for at, units in enumerate(split)) + sum(fees[at] for at in used)
            cost += split_fee * (len(used) - 1)
            best = cost if best is None else min(best, cost)
    assert best is not None
    return best


def strategies(lines: Sequence[Any], strategy_of: Mapping[int, str], supply: int) -> list[int]:
    """D7 with entry as the only key: Skip, then each strategy in turn, keeping before bettering."""
    parts = {line.line_id: 0 for line in lines}
    free = supply

    def grant(line: Any, upto: int) -> None:
        nonlocal free
        more = min(free, max(0, upto - parts[line.line_id]))
        parts[line.line_id] += more
        free -= more

    for name in ("SKIP", "WIN", "GAIN", "IMPROVE", "REDISTRIBUTE", "FILL"):
        members = [line for line in lines if strategy_of[line.line_id] == name]
        if name in ("SKIP", "GAIN", "IMPROVE"):
            for line in members:
                grant(line, line.confirmed)
        if name != "SKIP":
            for line in members:
                grant(line, min(line.wanted, line.confirmed) if name == "FILL" else line.wanted)
    return [parts[line.line_id] for line in lines]


def least_lateness(needed: int, holders: Sequence[Any]) -> int:
    """D6.7: unit-days of lateness of the best way, by taking single units that hurt least."""
    units = sorted(itertools.chain.from_iterable([one.days_late] * one.units for one in holders))
    return sum(units[:needed])
