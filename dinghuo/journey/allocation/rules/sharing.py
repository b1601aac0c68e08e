"""Integers that add up: how units are dealt among those who want them. Rule: docs/rules/allocation.md, sharing."""

from collections.abc import Sequence
from fractions import Fraction

from dinghuo.journey.allocation.rules.problem import WHOLE


def largest_remainder(supply: int, weights: Sequence[int]) -> list[int]:
    """Split `supply` by weights: each share rounded down, what is left to the largest fractions, ties to the first (D2.1, D2.7)."""
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    shares = [supply * weight // whole for weight in weights]
    left = supply - sum(shares)
    if left:
        by_fraction = sorted(range(len(weights)), key=lambda at: (-(supply * weights[at] % whole), at))
        for at in by_fraction[:left]:
            shares[at] += 1
    return shares


def proportional(supply: int, wanted: Sequence[int], caps: Sequence[int]) -> list[int]:
    """Everyone the same share of what they want, nobody above their cap; what a cap refuses is shared again (D2.1)."""
    given = [0] * len(wanted)
    caps = [min(cap, want) for cap, want in zip(caps, wanted, strict=True)]
    open_ones = [at for at, cap in enumerate(caps) if cap > 0]
    while open_ones:
        whole = sum(wanted[at] for at in open_ones)
        capped = [at for at in open_ones if caps[at] * whole <= supply * wanted[at]]
        if not capped:
            shares = largest_remainder(supply, [wanted[at] for at in open_ones])
            for at, share in zip(open_ones, shares, strict=True):
                given[at] = share
            break
        for at in capped:
            given[at] = caps[at]
            supply -= caps[at]
        open_ones = [at for at in open_ones if not given[at]]
    return given


def max_min(supply: int, caps: Sequence[int]) -> list[int]:
    """The smallest as large as can be, then the next: all rise together until each has what it wants (D2.5)."""
    given = [0] * len(caps)
    smallest_first = sorted(range(len(caps)), key=lambda at: (caps[at], at))
    left = len(caps)
    for number, at in enumerate(smallest_first):
        if caps[at] * left > supply:
            level, more = divmod(supply, left)
            rest = sorted(smallest_first[number:])
            for place, of in enumerate(rest):
                given[of] = level + (place < more)
            break
        given[at] = caps[at]
        supply -= caps[at]
        left -= 1
    return given


def equal_percent(supply: int, on_hand: Sequence[int], targets: Sequence[int]) -> list[int]:
    """Raise every place to the same percentage of its target; a place that is above it already gets nothing (D2.2)."""
    open_ones = [at for at, target in enumerate(targets) if target > on_hand[at]]
    while open_ones:
        level = Fraction(sum(on_hand[at] for at in open_ones) + supply, sum(targets[at] for at in open_ones))
        above = [at for at in open_ones if level * targets[at] <= on_hand[at]]
        if not above:
            break
        dropped = set(above)
        open_ones = [at for at in open_ones if at not in dropped]
    given = [0] * len(targets)
    if not open_ones:
        return given
    if level >= 1:
        for at in open_ones:
            given[at] = targets[at] - on_hand[at]
        return given
    exact = {at: level * targets[at] - on_hand[at] for at in open_ones}
    for at in open_ones:
        given[at] = exact[at].__floor__()
    left = supply - sum(given)
    for at in sorted(open_ones, key=lambda at: (given[at] - exact[at], at))[:left]:
        given[at] += 1
    return given


def by_shares(supply: int, wanted: Sequence[int], weights: Sequence[int], unused: str) -> list[int]:
    """Units for each of some parties that hold fixed shares; what one does not use goes where `unused` says (D2.3, D2.6, D2.7)."""
    shares = largest_remainder(supply, weights)
    if unused == "down_up":
        return _down_up(shares, wanted)
    given = [min(share, want) for share, want in zip(shares, wanted, strict=True)]
    left = sum(shares) - sum(given)
    while unused == "again" and left:
        open_ones = [at for at, want in enumerate(wanted) if want > given[at] and weights[at]]
        if not open_ones:
            break
        more = largest_remainder(left, [weights[at] for at in open_ones])
        for at, units in zip(open_ones, more, strict=True):
            taken = min(units, wanted[at] - given[at])
            given[at] += taken
            left -= taken
    return given


def _down_up(shares: Sequence[int], wanted: Sequence[int]) -> list[int]:
    given, carried = [], 0
    for share, want in zip(shares, wanted, strict=True):
        given.append(min(share + carried, want))
        carried += share - given[-1]
    for at in reversed(range(len(given))):
        more = min(carried, wanted[at] - given[at])
        given[at] += more
        carried -= more
    return given


def trimmed_quotas(quotas: Sequence[int], supply: int, percents: Sequence[int] | None = None) -> list[int]:
    """Quotas that together exceed the supply, cut down to it: by their own size, or by `percents` in thousandths (D2.8).

    A quota that its percentage would make negative becomes 0 and the others bear the rest; the cuts are integers that add up.
    """
    trimmed = list(quotas)
    excess = sum(quotas) - supply
    shares = list(percents) if percents is not None else list(quotas)
    while excess > 0:
        open_ones = [at for at, quota in enumerate(trimmed) if quota > 0]
        by = [shares[at] for at in open_ones]
        cuts = largest_remainder(excess, by if any(by) else [trimmed[at] for at in open_ones])
        for at, cut in zip(open_ones, cuts, strict=True):
            cut_here = min(cut, trimmed[at])
            trimmed[at] -= cut_here
            excess -= cut_here
    return trimmed


def published(usable: int, thousandths: int) -> int:
    """What a channel is shown of the usable units, rounded down (D3.7)."""
    return usable * thousandths // WHOLE
