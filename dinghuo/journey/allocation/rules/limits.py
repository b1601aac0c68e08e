"""Most and least: quotas, floors, quota trees and pools, as counters that a plan draws down."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dinghuo.journey.allocation.rules.keys import Reader, key
from dinghuo.journey.allocation.rules.problem import WHOLE, Demand, Floor, Node, Policy, Quota
from dinghuo.kernel.errors import Refused

GIVEN_KEYS = frozenset(
    {"customer_class", "customer_id", "group", "channel", "region", "zone", "warehouse_id", "priority", "flag", "product_id"}
)


class Cell:
    """A number of units that a plan draws down, and can put back."""

    __slots__ = ("left", "limit")

    def __init__(self, units: int) -> None:
        self.limit = units
        self.left = units


class Tape:
    """Everything drawn since the last mark, so that a claim that comes to nothing can be undone."""

    __slots__ = ("_drawn",)

    def __init__(self) -> None:
        self._drawn: list[tuple[Cell, int]] = []

    def draw(self, cell: Cell, units: int) -> None:
        """Take units out of a cell."""
        cell.left -= units
        self._drawn.append((cell, units))

    def mark(self) -> int:
        """Where the tape stands now."""
        return len(self._drawn)

    def undo(self, mark: int) -> None:
        """Put back all that was drawn since a mark."""
        while len(self._drawn) > mark:
            cell, units = self._drawn.pop()
            cell.left += units

    def forget(self) -> None:
        """Let everything drawn so far stand."""
        self._drawn.clear()


@dataclass(frozen=True, slots=True)
class _Period:
    cell: Cell
    from_on: int
    until_on: int
    carries: bool
    counts_given: bool


def counts_given(quota: Quota) -> bool:
    """Whether a quota counts what was given before: one in units, of a period, by a key that is known of lines long served."""
    return quota.from_on > 0 and quota.units is not None and quota.key in GIVEN_KEYS


class Quotas:
    """The quotas of one product: the most that a line may still take, and the cells it draws on."""

    __slots__ = ("_by_key", "_stands", "_trees")

    def __init__(self, policy: Policy, quotas: Iterable[tuple[Quota, Cell]], nodes: Sequence[Node]) -> None:
        self._by_key: list[tuple[Reader, dict[int | None, list[_Period]]]] = []
        tables: dict[str, dict[int | None, list[_Period]]] = {}
        for quota, cell in quotas:
            if quota.key not in tables:
                tables[quota.key] = {}
                self._by_key.append((key(quota.key, policy), tables[quota.key]))
            period = _Period(cell, quota.from_on, quota.until_on, quota.carries, counts_given(quota))
            tables[quota.key].setdefault(quota.value, []).append(period)
        for table in tables.values():
            for periods in table.values():
                periods.sort(key=lambda period: -period.from_on)
        self._trees = (key(policy.tree_key, policy), Tree(nodes)) if policy.tree_key and nodes else None
        self._stands = {node.id if node.value is None else node.value: node.id for node in nodes}

    def __bool__(self) -> bool:
        return bool(self._by_key) or self._trees is not None

    def cells(self, demand: Demand, today: int) -> list[list[Cell]]:
        """Groups of cells a line may draw on, each in the order they are used; it may take what the poorest group has."""
        groups = []
        for read, table in self._by_key:
            value = read(demand, today)
            periods = table.get(value, table.get(None))
            if periods is not None:
                groups.append(_open(periods, demand.requested_on))
        if self._trees is not None:
            read, tree = self._trees
            path = tree.cells(self._stands.get(read(demand, today), 0))
            if path:
                groups.append(path)
        return groups

    def cells_of_periods(self, given: Demand, today: int) -> list[list[Cell]]:
        """The cells that what was given before is drawn from, in their order."""
        found = [table.get(read(given, today), table.get(None)) or () for read, table in self._by_key]
        return [_open([period for period in periods if period.counts_given], given.requested_on) for periods in found]


def count(quotas: Quotas, given: Demand, today: int) -> None:
    """Draw what a line was given before from the quotas of its period, as far as they go."""
    for cells in quotas.cells_of_periods(given, today):
        units = given.confirmed
        for cell in cells:
            taken = min(units, cell.left)
            cell.left -= taken
            units -= taken


def _open(periods: Sequence[_Period], on: int) -> list[Cell]:
    """The period of a day, then earlier ones that carry over, the latest first; no period, no units."""
    now = [period for period in periods if period.from_on <= on <= period.until_on]
    if not now:
        return [Cell(0)]
    earlier = [period for period in periods if period.carries and period.until_on < now[0].from_on]
    return [period.cell for period in (*now[:1], *earlier)]


def nodes_of(policy: Policy, product_id: int) -> list[Node]:
    """The nodes of the policy's tree that a product has: its own if the tree names it, else those of every product."""
    own = [node for node in policy.tree if node.product_id == product_id]
    return own or [node for node in policy.tree if node.product_id is None]


class Tree:
    """A quota tree (D3.4): a node may use its own units, then its ancestors', then those of siblings ranked behind each."""

    __slots__ = ("_cells", "_nodes", "_paths")

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._nodes = {node.id: node for node in nodes}
        self._cells = {node.id: Cell(node.units) for node in nodes}
        self._paths: dict[int, list[Cell]] = {}

    def order(self, node_id: int) -> list[int]:
        """The nodes whose units a node may use, in the order it uses them; never a sibling ranked before it."""
        line = []
        at: int = node_id
        while at in self._nodes:
            line.append(at)
            at = self._nodes[at].parent
        found = list(line)
        for member in line:
            mine = self._nodes[member]
            siblings = [
                node for node in self._nodes.values() if node.parent == mine.parent and mine.parent and node.rank > mine.rank
            ]
            found += [node.id for node in sorted(siblings, key=lambda node: (-node.rank, node.id))]
        return found

    def cells(self, node_id: int) -> list[Cell]:
        """The same as cells; empty for a node that the tree does not have."""
        if node_id not in self._paths:
            self._paths[node_id] = [self._cells[at] for at in self.order(node_id)]
        return self._paths[node_id]

    def consume(self, node_id: int, units: int) -> tuple[dict[int, int], int]:
        """Use up to so many units for a node: units by node in the order used, and what remains for the supply at large."""
        used: dict[int, int] = {}
        for at in self.order(node_id):
            taken = min(units, self._cells[at].left)
            if taken:
                self._cells[at].left -= taken
                used[at] = taken
                units -= taken
        return used, units


class Floors:
    """The floors of one product: what a line must leave for others, and what its own group's floors have left."""

    __slots__ = ("_floors", "kept")

    def __init__(self, policy: Policy, floors: Iterable[tuple[Floor, int]]) -> None:
        self._floors = [(key(floor.key, policy), floor.value, Cell(units)) for floor, units in floors]
        self.kept = bool(self._floors)

    def others(self, demand: Demand, today: int) -> int:
        """Units that must stay for groups the line is not in."""
        return sum(cell.left for read, value, cell in self._floors if read(demand, today) != value)

    def own(self, demand: Demand, today: int) -> list[Cell]:
        """The floors that shrink by what the line takes."""
        return [cell for read, value, cell in self._floors if read(demand, today) == value]


def units_of(limit: Quota | Floor, start: int) -> int:
    """The units a quota or floor stands for, given the product's stock at the start; a share is rounded down."""
    if limit.units is not None:
        return limit.units
    return start * (limit.share or 0) // WHOLE


@dataclass(frozen=True, slots=True)
class Pool:
    """A soft pool (D3.5): units not yet given to a group, and each group's units given and sold. No stock is locked by it."""

    available: int
    allocated: Mapping[int, int]
    consumed: Mapping[int, int]

    def allocate(self, group: int, units: int) -> "Pool":
        """Move units from the pool to a group, or back if negative. Refused: pool_too_small, group_too_small."""
        held = self.allocated.get(group, 0)
        if units > self.available:
            raise Refused("The pool has less than that.", code="pool_too_small", available=self.available, wanted=units)
        if held + units < 0:
            raise Refused("The group has less than that.", code="group_too_small", allocated=held, wanted=-units)
        return replace(self, available=self.available - units, allocated={**self.allocated, group: held + units})

    def consume(self, group: int, units: int) -> "Pool":
        """Sell units out of a group's part. Refused: group_too_small."""
        held = self.allocated.get(group, 0)
        if units > held:
            raise Refused("The group has less than that.", code="group_too_small", allocated=held, wanted=units)
        sold = {**self.consumed, group: self.consumed.get(group, 0) + units}
        return replace(self, allocated={**self.allocated, group: held - units}, consumed=sold)
