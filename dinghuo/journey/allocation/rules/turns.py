"""A line whose turn comes, and the lines that must be served together with it."""

from collections.abc import Sequence

from dinghuo.journey.allocation.rules.accepting import Wishes
from dinghuo.journey.allocation.rules.limits import Cell
from dinghuo.journey.allocation.rules.problem import Acceptance, Demand, Reason, Strategy
from dinghuo.journey.allocation.rules.shelf import Level, Shelf

# A line that keeps what it has keeps it where it lies.
STAYING = (Strategy.WIN, Strategy.GAIN, Strategy.IMPROVE)


class Turn:
    """One line while a plan is made: how much it has got, from where, and why not more."""

    __slots__ = (
        "bundle",
        "caps",
        "ceiling",
        "demand",
        "facts",
        "floors",
        "got",
        "level_of",
        "promised",
        "queue",
        "reason",
        "segment",
        "shelf",
        "strategy",
        "taken",
        "target",
        "wishes",
    )

    def __init__(self, demand: Demand, shelf: Shelf, strategy: Strategy, segment: int) -> None:
        self.demand = demand
        self.shelf = shelf
        self.strategy = strategy
        self.segment = segment
        self.got = 0
        self.promised = 0
        self.target = 0
        self.ceiling = 0
        self.reason = Reason.FULL
        self.facts: tuple[int, ...] = ()
        self.taken: list[tuple[Level, int]] = []
        self.level_of: tuple[Level, ...] = ()
        self.caps: Sequence[Sequence[Cell]] = ()
        self.floors: Sequence[Cell] = ()
        self.queue: tuple[int, ...] = ()
        self.bundle: Bundle | None = None
        self.wishes: Wishes

    def say(self, reason: Reason, *facts: int) -> None:
        """Note why the line got what it got."""
        self.reason = reason
        self.facts = facts

    def held(self) -> list[tuple[Level, int]]:
        """Where the line's units lie now, for one that stays where it is and has been given nothing yet."""
        if self.got or not self.level_of or self.strategy not in STAYING:
            return []
        return [(level, share.units) for level, share in zip(self.level_of, self.demand.places, strict=True)]

    @property
    def is_whole(self) -> bool:
        """Whether what is confirmed to the line now is all that it must have."""
        return self.demand.confirmed >= self.wishes.enough


class Bundle:
    """Lines of an order served together: all complete, enough of the order's value, whole kits, or from common warehouses."""

    __slots__ = ("is_kept", "is_settled", "must_complete", "share", "turns")

    def __init__(self, turns: list[Turn], acceptance: Acceptance) -> None:
        self.turns = turns
        self.must_complete = acceptance.complete_orders or any(turn.demand.complete_order for turn in turns)
        self.share = max(acceptance.minimum_order_fill, *(turn.demand.minimum_order_fill for turn in turns))
        self.is_settled = False
        self.is_kept = False

    @property
    def has_rule(self) -> bool:
        """Whether the lines may come to nothing together, rather than only travel together."""
        return self.must_complete or self.share > 0 or any(turn.demand.kit for turn in self.turns)

    @property
    def kits(self) -> list[list[Turn]]:
        """The lines of each kit that may be served."""
        found: dict[int, list[Turn]] = {}
        for turn in self.turns:
            if turn.demand.kit:
                found.setdefault(turn.demand.kit, []).append(turn)
        return list(found.values())

    def stands(self) -> bool:
        """Whether what is confirmed now keeps the bundle's rules already."""
        if self.must_complete:
            return all(turn.is_whole for turn in self.turns)
        filled = {turn.demand.line_id: turn.demand.confirmed for turn in self.turns}
        return self.value_filled(filled) >= self.share and all(_in_sets(kit, filled) for kit in self.kits)

    def value_filled(self, filled: dict[int, int]) -> int:
        """Thousandths of the order's value that some units by line are, rounded down; an order worth nothing is filled."""
        whole = sum(turn.demand.unit_value * turn.demand.wanted for turn in self.turns)
        part = sum(turn.demand.unit_value * filled[turn.demand.line_id] for turn in self.turns)
        return part * 1000 // whole if whole else 1000


def _in_sets(kit: Sequence[Turn], filled: dict[int, int]) -> bool:
    sets = {divmod(filled[turn.demand.line_id], max(1, turn.demand.per_set)) for turn in kit}
    return len(sets) == 1 and all(rest == 0 for _sets, rest in sets)
