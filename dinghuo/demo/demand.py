"""What the demo company's customers order: how many orders a day, from whom, of what and how much."""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from dinghuo.demo.catalogue import Article, Buyer
from dinghuo.demo.chance import roll, stream

ORDERS_A_DAY: Final = 13.7
GROWTH_IN_HALF_A_YEAR: Final = 0.35
# Monday to Sunday; wholesale rests on Sunday and works half of Saturday.
WEEKDAYS: Final = (1.45, 1.25, 1.15, 1.10, 1.25, 0.60, 0.20)
BULK_SHARE: Final = 0.012


@dataclass(frozen=True, slots=True)
class Habit:
    """How a kind of customer orders: lines an order, yuan a line (median), and how much it likes each category."""

    lines: tuple[int, int]
    line_value: int
    likes: Mapping[str, int]


HABITS: Final[Mapping[str, Habit]] = {
    "supermarket": Habit((6, 30), 560, {"SNK": 8, "DRK": 7, "GRO": 7, "CLN": 6, "TEA": 3, "DRY": 4, "HOM": 4, "KIT": 2, "ELE": 1}),
    "shop": Habit(
        (1, 12), 190, {"SNK": 5, "DRK": 4, "GRO": 4, "HOM": 4, "CLN": 4, "TEA": 2, "DRY": 2, "HDW": 3, "STA": 3, "ELE": 2}
    ),
    "hotel": Habit((3, 16), 520, {"HOT": 10, "CLN": 5, "TEA": 3, "DRK": 3, "KIT": 2, "ELE": 1}),
    "restaurant": Habit((4, 18), 420, {"GRO": 9, "DRY": 6, "DRK": 5, "KIT": 4, "HOT": 3, "CLN": 3, "TEA": 2}),
    "office": Habit((2, 10), 460, {"STA": 9, "DRK": 3, "CLN": 3, "ELE": 3, "HDW": 2}),
    "abroad": Habit((5, 20), 900, {"TEA": 9, "DRY": 5, "SNK": 5, "KIT": 4, "GRO": 2}),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """One order that a customer will place: product codes and quantities in stock units."""

    reference: str
    day: date
    customer: str
    lines: Sequence[tuple[str, Decimal]]


class Market:
    """Who buys what: the same customers and products for a whole history."""

    def __init__(self, seed: int, buyers: Sequence[Buyer], articles: Sequence[Article]) -> None:
        self.seed = seed
        self.buyers = buyers
        self.sizes = [buyer.size for buyer in buyers]
        self.by_category: dict[str, list[Article]] = {}
        for article in articles:
            self.by_category.setdefault(article.category, []).append(article)
        # A few products of a category carry most of its sales.
        self.popularity = {
            category: [1 / (1 + 9 * roll(seed, "popularity", article.code)) for article in listed]
            for category, listed in self.by_category.items()
        }

    def orders_of_day(self, day: date, *, first: date, share: int) -> list[Wish]:
        """The orders of one day; `share` is the per cent of the usual number."""
        chance = stream(self.seed, "day", day)
        grown = 1 + GROWTH_IN_HALF_A_YEAR * (day - first).days / 183
        count = int(ORDERS_A_DAY * grown / 1.17 * WEEKDAYS[day.weekday()] * share / 100 + chance.random())
        return [self._wish(day, number, chance) for number in range(1, count + 1)]

    def _wish(self, day: date, number: int, chance: random.Random) -> Wish:
        (buyer,) = chance.choices(self.buyers, self.sizes)
        habit = HABITS[buyer.kind]
        low, high = habit.lines
        wanted = round(chance.triangular(low, high, low + (high - low) * 0.35))
        factor = 7.0 if chance.random() < BULK_SHARE else 1.0
        chosen: dict[str, Decimal] = {}
        categories = chance.choices(list(habit.likes), list(habit.likes.values()), k=wanted)
        for category in categories:
            (article,) = chance.choices(self.by_category[category], self.popularity[category])
            value = habit.line_value * factor * chance.lognormvariate(0, 0.6)
            chosen.setdefault(article.code, Decimal(in_packs(value / float(article.price), article.case)))
        return Wish(f"demo-{day:%Y%m%d}-{number:03d}", day, buyer.code, tuple(chosen.items()))


def in_packs(units: float, case: int) -> int:
    """A quantity as buyers round it: whole cases from one case on, below that quarters of a case, at least one unit."""
    if units >= case:
        return max(round(units / case), 1) * case
    pack = math.ceil(case / 4)
    return max(min(math.ceil(units / pack) * pack, case), 1)


def days_between(first: date, last: date) -> list[date]:
    """Every day from the first to the last."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
