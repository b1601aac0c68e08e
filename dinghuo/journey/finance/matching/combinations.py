"""Which sets of amounts make up a sum exactly, and how likely it is that one does so by chance."""

import math
from collections.abc import Sequence

ENOUGH = 2


def sets_of_sum(amounts: Sequence[int], total: int) -> list[tuple[int, ...]]:
    """Up to two sets of places whose amounts (in smallest coins, each above zero) come to the total exactly.

    One set means that there is no other: every subset is looked at, by halves, so that n amounts take 2 x 2^(n/2) steps and not
    2^n. At most 24 amounts are searched so: 8,192 steps.
    """
    middle = len(amounts) // 2
    left: dict[int, list[int]] = {}
    for mask, reached in enumerate(sums(amounts[:middle])):
        masks = left.setdefault(reached, [])
        if len(masks) < ENOUGH:
            masks.append(mask)
    found: list[tuple[int, ...]] = []
    for mask, reached in enumerate(sums(amounts[middle:])):
        for other in left.get(total - reached, ()):
            places = other | mask << middle
            if places:
                found.append(tuple(place for place in range(len(amounts)) if places >> place & 1))
            if len(found) == ENOUGH:
                return found
    return found


def sums(amounts: Sequence[int]) -> list[int]:
    """The sum of every subset; the subset is the place's bits."""
    found = [0]
    for amount in amounts:
        found += [reached + amount for reached in found]
    return found


def chance_of_sum(amounts: Sequence[int]) -> float:
    """How many subsets are to be expected to hit one given sum by chance, at most: near 0 a hit means something.

    The sums of all subsets lie about a bell whose peak holds 2^n / (sqrt(2 pi) x half the root of the squares' sum) of them per
    coin; where all amounts share a divisor, only its multiples can be hit.
    """
    if not amounts:
        return 0.0
    spread = math.sqrt(sum(amount * amount for amount in amounts)) / 2
    return 2.0 ** len(amounts) * math.gcd(*amounts) / (math.sqrt(2 * math.pi) * spread)
