"""When supply is used, and whose supply is used again when it must be. Rule: docs/rules/allocation.md, timing."""

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import NamedTuple

# Up to so many donors every set of them is looked at when units change hands.
EXACT_DONORS = 12


class Bucket(NamedTuple):
    """Units that become available on a day."""

    on: int
    units: int


class Use(NamedTuple):
    """Units used of the supply of a day."""

    on: int
    units: int


def buckets_used(
    needed: int, buckets: Iterable[Bucket], *, latest_first: bool, in_total: bool, within: tuple[int, int]
) -> list[Use]:
    """Which supply serves a need inside a period (D6.3).

    Earliest or as late as possible; `in_total`: one day's supply must cover all of it, or nothing is used; otherwise the first day
    in that order that has anything gives what it has, and the rest is decided another time.
    """
    first, last = within
    inside = sorted((one for one in buckets if first <= one.on <= last and one.units > 0), reverse=latest_first)
    able = [one for one in inside if one.units >= needed] if in_total else inside
    return [Use(one.on, min(needed, one.units)) for one in able[:1]]


class Holder(NamedTuple):
    """A line that holds units another could use: when it ships, how late it would be without them, its class (0 the best)."""

    line_id: int
    units: int
    ship_on: int
    days_late: int
    customer_class: int


class Release(NamedTuple):
    """Units a line gives up."""

    line_id: int
    units: int


def taken_back(needed: int, holders: Iterable[Holder]) -> list[Release]:
    """Units taken back for a need: from the line that ships last first, of one day from the newest line (D6.6)."""
    releases = []
    for holder in sorted(holders, key=lambda one: (-one.ship_on, -one.line_id)):
        units = min(needed, holder.units)
        if units:
            releases.append(Release(holder.line_id, units))
            needed -= units
    return releases


class Swap(NamedTuple):
    """A way to give a line what it needs: who gives how much, and the damage by which ways are ranked."""

    releases: tuple[Release, ...]
    unit_days_late: int
    best_class_hit: int
    covers: bool


def least_damage(needed: int, holders: Sequence[Holder]) -> list[Swap]:
    """Ways to collect units from others, least damage first (D6.7): unit-days of lateness, then the class hit, then the donors.

    Of the 12 holders that do least damage alone every set is looked at; within a set those give first whom it hurts least, and a
    set in which someone gives nothing is left out. If all together have too little, the one way is to take all they have.
    """
    ranked = sorted((one for one in holders if one.units > 0), key=_damage)[:EXACT_DONORS]
    found = []
    for size in range(1, len(ranked) + 1):
        for donors in combinations(ranked, size):
            swap = _swap(needed, donors)
            if swap.covers and len(swap.releases) == size:
                found.append(swap)
    if not found and ranked:
        found = [_swap(needed, ranked)]
    return sorted(found, key=lambda swap: (swap.unit_days_late, -swap.best_class_hit, len(swap.releases), swap.releases))


def _damage(holder: Holder) -> tuple[int, int, int, int]:
    return (holder.days_late, -holder.customer_class, -holder.ship_on, holder.line_id)


def _swap(needed: int, donors: Sequence[Holder]) -> Swap:
    releases, late, left = [], 0, needed
    for donor in donors:
        units = min(left, donor.units)
        if units:
            releases.append(Release(donor.line_id, units))
            late += units * donor.days_late
            left -= units
    hit = min((donor.customer_class for donor in donors), default=0)
    return Swap(tuple(releases), late, hit, covers=left == 0)
