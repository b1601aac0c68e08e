"""What must be true of every plan, whatever its policy, and the hashes by which two plans are told apart."""

import hashlib
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from operator import attrgetter

from dinghuo.journey.allocation.rules.problem import (
    WHOLE,
    Decision,
    Demand,
    Network,
    Policy,
    Problem,
    Reason,
    Share,
    Stock,
    Strategy,
)

CHECKED = (
    "every_line_once",
    "within_bounds",
    "shares_add_up",
    "no_oversell",
    "conservation",
    "strategies_kept",
    "every_line_explained",
)

Place = tuple[int, int, int]

_DEMAND_FIELDS = tuple(field.name for field in fields(Demand) if field.name != "places")
_demand_numbers = attrgetter(*_DEMAND_FIELDS)
_demand_packed = struct.Struct(f"<{len(_DEMAND_FIELDS)}q").pack
_STOCK_FIELDS = tuple(field.name for field in fields(Stock))
_stock_numbers = attrgetter(*_STOCK_FIELDS)
_stock_packed = struct.Struct(f"<{len(_STOCK_FIELDS)}q").pack
_share_packed = struct.Struct("<3q").pack
_decision_packed = struct.Struct("<8q").pack


def policy_hash(policy: Policy, network: Network) -> bytes:
    """SHA-256 of a policy and a network, the same however the lanes are ordered."""
    return hashlib.sha256(repr((policy, network.warehouses, sorted(network.lanes.items()))).encode()).digest()


def input_hash(policy: bytes, problem: Problem) -> bytes:
    """SHA-256 of all that a plan was computed from, the same in whatever order the lines and the stock came."""
    hashed = hashlib.sha256(policy)
    parts = [
        _demand_packed(*_demand_numbers(demand)) + _packed(sorted(demand.places))
        for demand in sorted(problem.demands, key=attrgetter("line_id"))
    ]
    parts += sorted(_stock_packed(*_stock_numbers(stock)) for stock in problem.stock)
    hashed.update(b"".join(parts))
    nodes = sorted((product_id, sorted(map(repr, nodes))) for product_id, nodes in problem.nodes.items())
    limits = [sorted(map(repr, limits)) for limits in (problem.safety, problem.quotas, problem.floors)]
    given = sorted(_demand_numbers(demand) for demand in problem.given)
    hashed.update(repr((problem.today, limits, nodes, given)).encode())
    return hashed.digest()


def output_hash(decisions: Iterable[Decision]) -> bytes:
    """SHA-256 of the decisions in order of their lines."""
    parts = [
        _decision_packed(*decision[:5], decision.segment, decision.strategy, decision.reason) + _packed(decision.shares)
        for decision in decisions
    ]
    return hashlib.sha256(b"".join(parts)).digest()


def _packed(shares: Iterable[Share]) -> bytes:
    return b"".join([_share_packed(*share) for share in shares])


def units_at(problem: Problem) -> dict[Place, int]:
    """All units of each warehouse, product and lot that the plan may give: free ones and those confirmed now."""
    units = {(stock.warehouse_id, stock.product_id, stock.lot_id): stock.free for stock in problem.stock}
    for demand in problem.demands:
        for warehouse_id, lot_id, part in demand.places:
            units[warehouse_id, demand.product_id, lot_id] += part
    return units


def free_after(problem: Problem, decisions: Iterable[Decision]) -> dict[Place, int]:
    """What a plan leaves free of each warehouse, product and lot; negative would be oversold."""
    left = units_at(problem)
    for decision in decisions:
        for warehouse_id, lot_id, units in decision.shares:
            left[warehouse_id, decision.product_id, lot_id] -= units
    return left


def with_free(stock: Stock, units: int) -> Stock:
    """The same level with other free units."""
    return stock if stock.free == units else replace(stock, free=units)


def broken(problem: Problem, decisions: Sequence[Decision], policy: Policy) -> tuple[str, ...]:
    """The invariants of `CHECKED` that a plan does not keep, computed from what went in and came out alone."""
    asked = {demand.line_id: demand for demand in problem.demands}
    total, left = units_at(problem), free_after(problem, decisions)
    given = sum(decision.given for decision in decisions)
    kept = {
        "every_line_once": len(asked) == len(problem.demands) and [*sorted(asked)] == [decision.line_id for decision in decisions],
        "within_bounds": all(0 <= one.given <= _most(asked[one.line_id], policy) for one in decisions),
        "shares_add_up": all(_adds_up(one) for one in decisions),
        "no_oversell": min(left.values(), default=0) >= 0,
        "conservation": given + sum(left.values()) == sum(total.values()),
        "strategies_kept": all(_keeps_strategy(one) for one in decisions),
        "every_line_explained": all(one.given >= one.wanted or one.reason != Reason.FULL for one in decisions),
    }
    return tuple(name for name in CHECKED if not kept[name])


def _most(demand: Demand, policy: Policy) -> int:
    tolerance = max(demand.tolerance, policy.acceptance.tolerance)
    return max(demand.confirmed, demand.wanted + demand.wanted * tolerance // WHOLE)


def _adds_up(decision: Decision) -> bool:
    return sum([share[2] for share in decision.shares]) == decision.given


def _keeps_strategy(decision: Decision) -> bool:
    """Whether Skip changed nothing, Fill gained nothing and Lose has nothing; a product left as it was is none of these."""
    strategy = decision.strategy
    if (strategy < Strategy.FILL and strategy != Strategy.SKIP) or decision.reason == Reason.ABORTED:
        return True
    if strategy == Strategy.SKIP:
        return decision.given == decision.confirmed
    return decision.given <= (0 if strategy == Strategy.LOSE else decision.confirmed)


def after(problem: Problem, decisions: Iterable[Decision], left: Iterable[Stock]) -> Problem:
    """The problem as it stands once a plan is posted, its lines and stock turned around: what a second run would see."""
    by_line: Mapping[int, Decision] = {decision.line_id: decision for decision in decisions}
    demands = [_posted(demand, by_line[demand.line_id], problem.today) for demand in reversed(problem.demands)]
    return replace(problem, demands=demands, stock=[*left][::-1])


def _posted(demand: Demand, decision: Decision, today: int) -> Demand:
    held = decision.reason == Reason.HOLDING and not demand.held_since
    return replace(demand, confirmed=decision.given, places=decision.shares, held_since=today if held else demand.held_since)
