"""From which lots and warehouses units come, once it is settled how many. Rule: docs/rules/allocation.md, placement."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from dinghuo.journey.allocation.rules.problem import Demand, Lane
from dinghuo.journey.allocation.rules.shelf import Level, Rules, Shelf

# Up to so many warehouses every set of them is looked at, so that the choice is the best there is.
EXACT_WAREHOUSES = 12

Taken = list[tuple[Level, int]]
NOTHING_USED: Mapping[Level, int] = {}


def place(rules: Rules, shelf: Shelf, demand: Demand, units: int, held: Taken) -> Taken:
    """The units of one line by level: what it held of `held` while it may still be had, then by the policy's order."""
    levels = shelf.eligible(demand).levels
    if rules.placement.warehouses == "most_stock":
        levels = sorted(levels, key=lambda level: (-level.warehouse.left, rules.turn_of(level.stock.warehouse_id)))
    if rules.placement.one_lot:
        levels = _lots_begun_first(rules, shelf, demand, units, levels)
    room = _room(shelf, demand)
    if held:
        return _held_first(held, levels, units, room)
    if rules.placement.lots == "fewest":
        return _fewest_lots_by_warehouse(levels, units, room)
    return _in_order(levels, units, room)


def _held_first(held: Taken, levels: Sequence[Level], units: int, room: dict[int, int] | None) -> Taken:
    """No more than was held from each level held, so that deciding again does not shift units to and fro."""
    kept: dict[Level, int] = {}
    for level, part in held:
        if level in levels:
            limit = min(part, units) if room is None else min(part, units, room[level.stock.warehouse_id])
            kept[level] = min(limit, level.left)
            units -= kept[level]
            if room is not None:
                room[level.stock.warehouse_id] -= kept[level]
    rest = _in_order(levels, units, room, kept)
    return [(level, part) for level, part in kept.items() if part] + rest


def _room(shelf: Shelf, demand: Demand) -> dict[int, int] | None:
    """What each warehouse may give beside its safety stock; None when no safety stock counts."""
    guard = shelf.guard(demand)
    if not guard:
        return None
    return {at: max(0, cell.left - guard.get(at, 0)) for at, cell in shelf.warehouses.items()}


def _in_order(levels: Iterable[Level], units: int, room: dict[int, int] | None, used: Mapping[Level, int] = NOTHING_USED) -> Taken:
    taken: Taken = []
    for level in levels:
        part = min(level.left - used.get(level, 0), units)
        if room is not None:
            part = min(part, room[level.stock.warehouse_id])
            room[level.stock.warehouse_id] -= part
        if part:
            taken.append((level, part))
            units -= part
            if not units:
                break
    return taken


def _lots_begun_first(rules: Rules, shelf: Shelf, demand: Demand, units: int, levels: Sequence[Level]) -> list[Level]:
    """One lot for a line or order: the first that covers it. One lot per customer: the lots begun before others."""
    if rules.placement.one_lot in ("line", "order"):
        enough = [lot for lot, held in shelf.by_lot(demand).items() if held >= units]
        return [level for level in levels if level.stock.lot_id in enough[:1]]
    begun = shelf.begun(demand)
    known = [level for lot in begun for level in levels if level.stock.lot_id == lot]
    return known + [level for level in levels if level.stock.lot_id not in begun]


def _fewest_lots_by_warehouse(levels: Sequence[Level], units: int, room: dict[int, int] | None) -> Taken:
    taken: Taken = []
    by_warehouse: dict[int, list[Level]] = {}
    for level in levels:
        if level.left:
            by_warehouse.setdefault(level.stock.warehouse_id, []).append(level)
    for warehouse_id, lots in by_warehouse.items():
        held = sum(level.left for level in lots)
        part = min(units, held if room is None else min(held, room[warehouse_id]))
        taken += _in_order(fewest_lots(lots, part), part, None)
        units -= part
    return taken


def fewest_lots(oldest_first: Sequence[Level], units: int) -> list[Level]:
    """The fewest lots that cover the units; of the sets that do, the one with the oldest lots, compared lot by lot (D5.4)."""
    largest = sorted((level.left for level in oldest_first), reverse=True)
    count, held = 0, 0
    while held < units:
        held += largest[count]
        count += 1
    chosen: list[Level] = []
    for at, level in enumerate(oldest_first):
        more = count - len(chosen) - 1
        if more < 0:
            break
        rest = sorted((later.left for later in oldest_first[at + 1 :]), reverse=True)[:more]
        if len(rest) == more and level.left + sum(rest) >= units:
            chosen.append(level)
            units -= level.left
    return chosen


class Need(NamedTuple):
    """A line of an order that is placed as a whole: its shelf, the line and the units that are settled."""

    shelf: Shelf
    demand: Demand
    units: int


class Chosen(NamedTuple):
    """Warehouses for an order; `is_best` tells that every set was looked at."""

    warehouses: tuple[int, ...]
    is_best: bool


def choose_warehouses(rules: Rules, needs: Sequence[Need]) -> Chosen:
    """The warehouses that serve an order: fewest and then nearest (D5.9), or cheapest in all (D5.10), each in the order it is used.

    Exact for up to 12 warehouses; with more, the best 12 by distance or unit cost that can serve it are looked at, if 12 can.
    """
    zone = needs[0].demand.zone
    held = [_held(need) for need in needs]
    by_cost = rules.placement.warehouses == "cheapest"
    ids = {at for places in held for at, units in places.items() if units}
    ranked = sorted(ids, key=lambda at: (_near(rules.lane(at, zone), by_cost), rules.turn_of(at)))
    looked_at = ranked[:EXACT_WAREHOUSES]
    best = _cheapest(rules, needs, held, looked_at) if by_cost else _fewest(rules, needs, held, looked_at)
    if best is None:
        return Chosen(tuple(ranked), is_best=False)
    return Chosen(best, is_best=len(ranked) <= EXACT_WAREHOUSES)


def _near(lane: Lane, by_cost: bool) -> int:
    return lane.unit_cost if by_cost else lane.distance


def _held(need: Need) -> dict[int, int]:
    room = _room(need.shelf, need.demand)
    held: dict[int, int] = {}
    for level in need.shelf.eligible(need.demand).levels:
        at = level.stock.warehouse_id
        held[at] = held.get(at, 0) + level.left
    return held if room is None else {at: min(units, room[at]) for at, units in held.items()}


def _spread(needs: Sequence[Need], held: Sequence[Mapping[int, int]], warehouses: Sequence[int]) -> dict[int, int] | None:
    """Units by warehouse if these serve everything, each taken as far as it goes; None if they cannot."""
    spread = dict.fromkeys(warehouses, 0)
    if len(needs) == 1:
        return _spread_of_one(needs[0].units, held[0], spread)
    used: dict[tuple[int, int], int] = {}
    for need, places in zip(needs, held, strict=True):
        units = need.units
        for at in warehouses:
            slot = (need.shelf.product_id, at)
            part = min(units, max(0, places.get(at, 0) - used.get(slot, 0)))
            spread[at] += part
            used[slot] = used.get(slot, 0) + part
            units -= part
        if units:
            return None
    return spread


def _spread_of_one(units: int, held: Mapping[int, int], spread: dict[int, int]) -> dict[int, int] | None:
    for at in spread:
        spread[at] = min(units, held.get(at, 0))
        units -= spread[at]
    return None if units else spread


Held = Sequence[Mapping[int, int]]


def _fewest(rules: Rules, needs: Sequence[Need], held: Held, ranked: Sequence[int]) -> tuple[int, ...] | None:
    zone = needs[0].demand.zone
    for size in range(1, len(ranked) + 1):
        able = [some for some in combinations(ranked, size) if _spread(needs, held, some) is not None]
        if able:
            return min(able, key=lambda some: sum(rules.lane(at, zone).distance for at in some))
    return None


def _cheapest(rules: Rules, needs: Sequence[Need], held: Held, ranked: Sequence[int]) -> tuple[int, ...] | None:
    zone = needs[0].demand.zone
    lanes = {at: rules.lane(at, zone) for at in ranked}
    units = sum(need.units for need in needs)
    floor = units * min((lane.unit_cost for lane in lanes.values()), default=0)
    best: tuple[int, tuple[int, ...]] | None = None
    for size in range(1, len(ranked) + 1):
        for some in combinations(ranked, size):
            fees = sum([lanes[at].shipment_cost for at in some]) + rules.placement.split_fee * (size - 1)
            # A warehouse of the set that would send nothing is left out by a smaller set.
            if best is not None and fees + floor >= best[0]:
                continue
            spread = _spread(needs, held, some)
            if spread is None or not all(spread.values()):
                continue
            cost = fees + sum([units * lanes[at].unit_cost for at, units in spread.items()])
            if best is None or cost < best[0]:
                best = (cost, some)
    return None if best is None else best[1]


def place_within(need: Need, warehouses: Sequence[int]) -> Taken:
    """The units of one line of an order by level, from its order's warehouses, each taken as far as it goes."""
    levels = need.shelf.eligible(need.demand).levels
    turn = {at: number for number, at in enumerate(warehouses)}
    usable = [level for level in levels if level.stock.warehouse_id in turn]
    usable.sort(key=lambda level: turn[level.stock.warehouse_id])
    return _in_order(usable, need.units, _room(need.shelf, need.demand))
