"""One product's stock while a plan is made: which levels a line may use, in which order, and how many units it can see."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from dinghuo.journey.allocation.rules.limits import Cell, Floors, Quotas, Tape
from dinghuo.journey.allocation.rules.problem import Demand, Lane, Network, Placement, Policy, Stock

NEVER = 10**9
NO_LANE = Lane()


class Level(Cell):
    """The units of one warehouse and lot, and the cell of all units in that warehouse."""

    __slots__ = ("stock", "warehouse")

    def __init__(self, stock: Stock, warehouse: Cell) -> None:
        super().__init__(stock.free)
        self.stock = stock
        self.warehouse = warehouse


class Eligible(NamedTuple):
    """The levels a line may use, best first; and those refused for the remaining life and for arriving late."""

    levels: list[Level]
    short_lived: list[Level]
    late: list[Level]


LevelKey = Callable[[Stock], tuple[int, ...]]

LOT_ORDERS: dict[str, LevelKey] = {
    "fefo": lambda stock: (stock.expires_on or NEVER, stock.received_on, stock.lot_id),
    "fifo": lambda stock: (stock.received_on, stock.lot_id),
    "lifo": lambda stock: (-stock.received_on, -stock.lot_id),
    "cheapest": lambda stock: (stock.unit_cost, stock.received_on, stock.lot_id),
    "dearest": lambda stock: (-stock.unit_cost, stock.received_on, stock.lot_id),
    "fewest": lambda stock: (stock.received_on, stock.lot_id),
}
WAREHOUSE_ORDERS = ("own", "fixed", "most_stock", "nearest", "fewest", "cheapest", "slow_stock")


class Rules(NamedTuple):
    """What a shelf goes by."""

    policy: Policy
    network: Network
    order_of: dict[int, int]

    @property
    def placement(self) -> Placement:
        """Which lots and warehouses serve."""
        return self.policy.placement

    def lane(self, warehouse_id: int, zone: int) -> Lane:
        """The lane from a warehouse to a zone."""
        return self.network.lanes.get((warehouse_id, zone), NO_LANE)

    def turn_of(self, warehouse_id: int) -> int:
        """The warehouse's place in the fixed order; one that has none comes after all that have, by id."""
        return self.order_of.get(warehouse_id, len(self.order_of) + warehouse_id)


class Shelf:
    """One product's levels and limits; `start` is what the plan began with, confirmed units included."""

    __slots__ = (
        "_eligible",
        "_level_at",
        "_ordered",
        "_rules",
        "_sticky",
        "_today",
        "floors",
        "levels",
        "product_id",
        "quotas",
        "safety",
        "start",
        "stopped_by",
        "total",
        "warehouses",
    )

    def __init__(self, rules: Rules, product_id: int, stock: Sequence[Stock], today: int) -> None:
        self._rules = rules
        self._today = today
        self._eligible: dict[tuple[int, ...], Eligible] = {}
        self._ordered: dict[int, list[Level]] = {}
        self._sticky: dict[tuple[int, ...], list[int]] = {}
        self.product_id = product_id
        self.warehouses = {level.warehouse_id: Cell(0) for level in stock}
        self.levels = [Level(level, self.warehouses[level.warehouse_id]) for level in stock]
        for level in self.levels:
            level.warehouse.left += level.left
        self._level_at = {(level.stock.warehouse_id, level.stock.lot_id): level for level in self.levels}
        self.total = Cell(sum(level.left for level in self.levels))
        self.start = self.total.left
        self.safety: dict[int, int] = {}
        self.stopped_by = 0
        self.quotas: Quotas = Quotas(rules.policy, (), ())
        self.floors: Floors = Floors(rules.policy, ())

    def level(self, warehouse_id: int, lot_id: int) -> Level | None:
        """The level of a warehouse and lot, if the product has one."""
        return self._level_at.get((warehouse_id, lot_id))

    def put_back(self, level: Level, units: int) -> None:
        """Add units that were confirmed to a line, before anything is planned."""
        level.left += units
        level.warehouse.left += units
        self.total.left += units
        self.start += units

    def eligible(self, demand: Demand) -> Eligible:
        """The levels a line may use, best first."""
        rule = self._rules.placement
        by_zone = rule.in_time or demand.minimum_life or rule.warehouses in ("nearest", "fewest")
        variant = (
            demand.zone if by_zone else 0,
            demand.minimum_life,
            demand.requested_on if rule.in_time else 0,
            demand.warehouse_id if rule.warehouses == "own" else 0,
        )
        found = self._eligible.get(variant)
        if found is None:
            found = self._eligible[variant] = self._choose(demand)
        return found

    def _choose(self, demand: Demand) -> Eligible:
        found = Eligible([], [], [])
        for level in self._in_order(demand):
            stock = level.stock
            arrives = self._today + self._rules.lane(stock.warehouse_id, demand.zone).days
            if stock.expires_on and stock.expires_on - arrives < demand.minimum_life:
                found.short_lived.append(level)
            elif self._rules.placement.in_time and demand.requested_on and arrives > demand.requested_on:
                found.late.append(level)
            else:
                found.levels.append(level)
        return found

    def _in_order(self, demand: Demand) -> list[Level]:
        """All levels, best first for a line's warehouse or zone: sorted once for all lines that share it."""
        rule = self._rules.placement.warehouses
        variant = demand.warehouse_id if rule == "own" else demand.zone
        if rule not in ("own", "nearest", "fewest"):
            variant = 0
        if variant not in self._ordered:
            self._ordered[variant] = sorted(self.levels, key=lambda level: self._order(level.stock, demand))
        return self._ordered[variant]

    def _order(self, stock: Stock, demand: Demand) -> tuple[tuple[int, ...], ...]:
        lot = LOT_ORDERS[self._rules.placement.lots](stock)
        fixed = self._rules.turn_of(stock.warehouse_id)
        rule = self._rules.placement.warehouses
        first = 0
        if rule == "own":
            first = int(stock.warehouse_id != demand.warehouse_id)
        elif rule in ("nearest", "fewest"):
            first = self._rules.lane(stock.warehouse_id, demand.zone).distance
        elif rule == "slow_stock":
            first = -stock.cover_days
        place = (first, fixed)
        return (lot, place) if self._rules.placement.lots_first else (place, lot)

    def guard(self, demand: Demand) -> dict[int, int]:
        """Safety stock by warehouse that a line must leave."""
        return {} if demand.customer_class in self._rules.policy.may_break_safety else self.safety

    def usable(self, demand: Demand) -> int:
        """Units a line could be given by lots, warehouses and safety stock alone."""
        found = self.eligible(demand)
        guard = self.guard(demand)
        if self._rules.placement.one_lot in ("line", "order"):
            return max(self.by_lot(demand).values(), default=0)
        if not guard and not found.short_lived and not found.late:
            return self.total.left
        by_warehouse: dict[int, int] = {}
        for level in found.levels:
            warehouse_id = level.stock.warehouse_id
            by_warehouse[warehouse_id] = by_warehouse.get(warehouse_id, 0) + level.left
        return sum(
            max(0, min(units, self.warehouses[warehouse_id].left - guard.get(warehouse_id, 0)))
            for warehouse_id, units in by_warehouse.items()
        )

    def by_lot(self, demand: Demand) -> dict[int, int]:
        """Units a line could take from each lot, in the order of the lots; only from the one its order has begun, if it has."""
        guard = dict(self.guard(demand))
        begun = self._sticky.get((demand.order_id,), []) if self._rules.placement.one_lot == "order" else []
        room = {at: cell.left - guard.get(at, 0) for at, cell in self.warehouses.items()}
        units: dict[int, int] = {}
        for level in self.eligible(demand).levels:
            stock = level.stock
            if begun and stock.lot_id not in begun:
                continue
            units[stock.lot_id] = units.get(stock.lot_id, 0) + max(0, min(level.left, room[stock.warehouse_id]))
        return units

    def begun(self, demand: Demand) -> list[int]:
        """Lots that the line's customer (or order, if the policy says so) has from this product already, latest last."""
        by_order = self._rules.placement.one_lot == "order"
        return self._sticky.get((demand.order_id,) if by_order else (0, demand.customer_id), [])

    def begin(self, demand: Demand, lot_id: int) -> None:
        """Note that a line's customer and order were given units of a lot."""
        for owner in ((demand.order_id,), (0, demand.customer_id)):
            lots = self._sticky.setdefault(owner, [])
            if lot_id not in lots:
                lots.append(lot_id)

    def take(self, tape: Tape, level: Level, units: int) -> None:
        """Draw units from a level, its warehouse and the product."""
        tape.draw(level, units)
        tape.draw(level.warehouse, units)
        tape.draw(self.total, units)
