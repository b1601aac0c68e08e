"""The plan of a problem, stage by stage. Rule: docs/rules/allocation.md."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from dinghuo.journey.allocation.rules import proof
from dinghuo.journey.allocation.rules.accepting import wishes
from dinghuo.journey.allocation.rules.checking import check_problem
from dinghuo.journey.allocation.rules.dealing import deal
from dinghuo.journey.allocation.rules.keys import passes, ranking
from dinghuo.journey.allocation.rules.limits import Cell, Floors, Quotas, Tape, count, nodes_of, units_of
from dinghuo.journey.allocation.rules.problem import (
    Breach,
    Decision,
    Demand,
    Network,
    Plan,
    Policy,
    Problem,
    Quota,
    Reason,
    Share,
    Stock,
    Strategy,
)
from dinghuo.journey.allocation.rules.serving import Run
from dinghuo.journey.allocation.rules.shelf import Level, Rules, Shelf
from dinghuo.journey.allocation.rules.turns import Bundle, Turn
from dinghuo.kernel.errors import Malformed

OVER_LIMIT = 2


class Prepared(NamedTuple):
    """A policy made ready once for any number of problems."""

    rules: Rules
    queue: Callable[[Demand, int], tuple[int, ...]]
    segments: tuple[tuple[Strategy, Callable[[Demand, int], bool]], ...]
    policy_hash: bytes


def prepared(policy: Policy, network: Network) -> Prepared:
    """Make a checked policy ready for planning; see checking.checked."""
    order_of = {warehouse_id: number for number, warehouse_id in enumerate(network.warehouses)}
    segments = tuple((segment.strategy, passes(segment.conditions, policy)) for segment in policy.segments)
    return Prepared(Rules(policy, network, order_of), ranking(policy), segments, proof.policy_hash(policy, network))


def plan(ready: Prepared, problem: Problem) -> Plan:
    """Who gets how much from where, and why, for lines and stock that must be planned together.

    The same problem in any order gives the same plan. Raises Malformed as checking.check_problem, and unknown_place when a line
    holds units of a level that is not among the stock. Rule: docs/rules/allocation.md.
    """
    check_problem(problem)
    shelves = _shelves(ready, problem)
    run = Run(ready.rules, problem.today, Tape(), set())
    turns = [_turn(ready, problem, shelves, demand) for demand in problem.demands]
    _limit(ready, problem, shelves, turns)
    turns.sort(key=lambda turn: (turn.strategy, turn.segment, turn.queue))
    _bundle(ready.rules.policy, turns)
    for _segment, served in groupby(turns, key=lambda turn: (turn.strategy, turn.segment)):
        deal(run, list(served))
    breaches = _breaches(turns)
    if breaches and ready.rules.policy.on_breach == "abort":
        _abort(turns, breaches)
    decisions = tuple(sorted(_decision(turn, rank) for rank, turn in enumerate(turns, 1)))
    found = proof.broken(problem, decisions, ready.rules.policy)
    return Plan(
        decisions=decisions,
        left=_left(problem, decisions),
        breaches=breaches,
        bounded=tuple(sorted(run.bounded)),
        input_hash=proof.input_hash(ready.policy_hash, problem),
        output_hash=proof.output_hash(decisions),
        checked=proof.CHECKED,
        broken=found,
    )


def _shelves(ready: Prepared, problem: Problem) -> dict[int, Shelf]:
    by_product: dict[int, list[Stock]] = {demand.product_id: [] for demand in problem.demands}
    for stock in sorted(problem.stock, key=lambda stock: (stock.product_id, stock.warehouse_id, stock.lot_id)):
        by_product.setdefault(stock.product_id, []).append(stock)
    shelves = {at: Shelf(ready.rules, at, levels, problem.today) for at, levels in by_product.items()}
    for safety in problem.safety:
        if safety.product_id in shelves:
            shelves[safety.product_id].safety[safety.warehouse_id] = safety.units
    return shelves


def _turn(ready: Prepared, problem: Problem, shelves: dict[int, Shelf], demand: Demand) -> Turn:
    policy, today = ready.rules.policy, problem.today
    shelf = shelves[demand.product_id]
    strategy, segment, reason, facts = _standing(ready, demand, today)
    turn = Turn(demand, shelf, strategy, segment)
    turn.say(reason, *facts)
    turn.wishes = wishes(demand, policy.acceptance)
    turn.queue = ready.queue(demand, today)
    turn.ceiling = turn.wishes.most
    if strategy == Strategy.FILL:
        turn.ceiling = min(turn.ceiling, demand.confirmed)
    if strategy == Strategy.WIN:
        turn.promised = turn.wishes.enough
    if demand.places:
        turn.level_of = tuple(_level(shelf, demand, share) for share in demand.places)
        for level, share in zip(turn.level_of, demand.places, strict=True):
            shelf.put_back(level, share.units)
    return turn


def _level(shelf: Shelf, demand: Demand, share: Share) -> Level:
    level = shelf.level(share.warehouse_id, share.lot_id)
    if level is None:
        raise Malformed(
            "A line holds units of a level that is not among the stock.",
            code="unknown_place",
            line_id=demand.line_id,
            warehouse_id=share.warehouse_id,
            lot_id=share.lot_id,
        )
    return level


def _standing(ready: Prepared, demand: Demand, today: int) -> tuple[Strategy, int, Reason, tuple[int, ...]]:
    """The strategy and segment of a line, and why if neither comes from the policy's segments."""
    policy = ready.rules.policy
    last = len(ready.segments)
    if demand.blocked:
        return Strategy.LOSE, last, Reason.BLOCKED, ()
    if policy.over_limit_waits and demand.payment == OVER_LIMIT:
        return Strategy.LOSE, last, Reason.OVER_LIMIT, ()
    if demand.frozen:
        return Strategy.SKIP, last, Reason.KEPT, (demand.confirmed,)
    first_day = reserved_from(policy, demand)
    if first_day > today:
        return Strategy.SKIP, last, Reason.TOO_EARLY, (first_day,)
    for number, (strategy, meets) in enumerate(ready.segments):
        if meets(demand, today):
            return strategy, number, *_said(strategy, demand)
    return policy.otherwise, last, *_said(policy.otherwise, demand)


def _said(strategy: Strategy, demand: Demand) -> tuple[Reason, tuple[int, ...]]:
    if strategy == Strategy.LOSE:
        return Reason.LOST, (demand.confirmed,)
    if strategy == Strategy.SKIP:
        return Reason.KEPT, (demand.confirmed,)
    return Reason.FULL, ()


def reserved_from(policy: Policy, demand: Demand) -> int:
    """The first day a line may be served: so many days before it ships, more for starred lines (D6.2); 0 for at once."""
    days = policy.timing.starred_days if demand.flag and policy.timing.starred_days is not None else policy.timing.reserve_days
    return 0 if days is None or not demand.ship_on else demand.ship_on - days


def _limit(ready: Prepared, problem: Problem, shelves: dict[int, Shelf], turns: Sequence[Turn]) -> None:
    """Give every product its quotas and floors, now that confirmed units count as stock, and every line what limits it."""
    policy = ready.rules.policy
    quotas, floors = (*policy.quotas, *problem.quotas), (*policy.floors, *problem.floors)
    if not quotas and not floors and not policy.tree_key:
        return
    whole = sum(shelf.start for shelf in shelves.values())
    spanning = {quota: Cell(units_of(quota, whole)) for quota in quotas if quota.spans}
    for shelf in shelves.values():
        named = [quota for quota in quotas if quota.product_id in (None, shelf.product_id)]
        cells = [(quota, _cell(quota, spanning, shelf)) for quota in named]
        nodes = problem.nodes.get(shelf.product_id) or nodes_of(policy, shelf.product_id)
        shelf.quotas = Quotas(policy, cells, nodes)
        kept = [(floor, units_of(floor, shelf.start)) for floor in floors if floor.product_id in (None, shelf.product_id)]
        shelf.floors = Floors(policy, kept)
    for past in problem.given:
        count(shelves[past.product_id].quotas, past, problem.today)
    for turn in turns:
        if turn.shelf.quotas:
            turn.caps = turn.shelf.quotas.cells(turn.demand, problem.today)
        if turn.shelf.floors.kept:
            turn.floors = turn.shelf.floors.own(turn.demand, problem.today)


def _cell(quota: Quota, spanning: dict[Quota, Cell], shelf: Shelf) -> Cell:
    return spanning[quota] if quota in spanning else Cell(units_of(quota, shelf.start))


def _bundle(policy: Policy, turns: Sequence[Turn]) -> None:
    """Tie together the lines of orders that are served as a whole, or in whole kits, or from common warehouses."""
    accepts = policy.acceptance
    always = accepts.complete_orders or accepts.minimum_order_fill or policy.placement.warehouses in ("fewest", "cheapest")
    tied = {turn.demand.order_id for turn in turns if turn.demand.complete_order or turn.demand.minimum_order_fill}
    by_order: dict[tuple[int, int], list[Turn]] = {}
    for turn in turns:
        demand = turn.demand
        if always or demand.order_id in tied:
            by_order.setdefault((demand.order_id, 0), []).append(turn)
        elif demand.kit:
            by_order.setdefault((demand.order_id, demand.kit), []).append(turn)
    for members in by_order.values():
        bundle = Bundle(members, accepts)
        for turn in members:
            turn.bundle = bundle


def _breaches(turns: Sequence[Turn]) -> tuple[Breach, ...]:
    """Promises not kept: Win lines short of what they want, Gain lines below what was confirmed."""
    kept = (Strategy.WIN, Strategy.GAIN)
    short = [turn for turn in turns if turn.strategy in kept and turn.got < turn.promised]
    found = [Breach(turn.demand.line_id, turn.demand.product_id, turn.promised, turn.got) for turn in short]
    return tuple(sorted(found, key=lambda breach: breach.line_id))


def _abort(turns: Iterable[Turn], breaches: Sequence[Breach]) -> None:
    """Leave every line of a product with a broken promise exactly as it is."""
    first = {breach.product_id: breach.line_id for breach in reversed(breaches)}
    for turn in turns:
        if turn.demand.product_id in first:
            turn.taken = [(level, share.units) for level, share in zip(turn.level_of, turn.demand.places, strict=True)]
            turn.got = turn.demand.confirmed
            turn.say(Reason.ABORTED, first[turn.demand.product_id])


def _decision(turn: Turn, rank: int) -> Decision:
    demand = turn.demand
    reason, facts = _reason(turn)
    return Decision(
        demand.line_id,
        demand.product_id,
        demand.wanted,
        demand.confirmed,
        turn.got,
        rank,
        turn.segment,
        turn.strategy,
        reason,
        facts,
        _shares(turn),
    )


def _reason(turn: Turn) -> tuple[Reason, tuple[int, ...]]:
    """Why the line got what it got, now that its last turn is over."""
    demand = turn.demand
    if turn.reason == Reason.ABORTED:
        return turn.reason, turn.facts
    if turn.got > demand.wanted:
        return Reason.OVER, (turn.got - demand.wanted,)
    if turn.got == demand.wanted:
        return Reason.FULL, ()
    if turn.got >= turn.wishes.most:
        return Reason.WHOLE_CASES, (turn.wishes.case, demand.wanted - turn.got)
    if turn.strategy == Strategy.FILL and turn.got >= turn.ceiling:
        return Reason.NEVER_ABOVE, (demand.confirmed,)
    return turn.reason, turn.facts


def _shares(turn: Turn) -> tuple[Share, ...]:
    if len(turn.taken) == 1:
        ((level, units),) = turn.taken
        return (Share(level.stock.warehouse_id, level.stock.lot_id, units),)
    units_at: dict[tuple[int, int], int] = {}
    for level, units in turn.taken:
        place = (level.stock.warehouse_id, level.stock.lot_id)
        units_at[place] = units_at.get(place, 0) + units
    return tuple(Share(*place, units) for place, units in sorted(units_at.items()))


def _left(problem: Problem, decisions: Sequence[Decision]) -> tuple[Stock, ...]:
    left = proof.free_after(problem, decisions)
    ordered = sorted(problem.stock, key=lambda stock: (stock.product_id, stock.warehouse_id, stock.lot_id))
    return tuple(proof.with_free(stock, left[stock.warehouse_id, stock.product_id, stock.lot_id]) for stock in ordered)
