"""Rounds in which the product and the hand-made statements take turns, so that whatever else the machine does hits both."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from dinghuo.bench import journey
from dinghuo.bench.floor import Floor
from dinghuo.bench.world import World, some_drafts
from dinghuo.kernel.tenancy import acting_for

PRODUCT = "product"
ENTER = "enter"
Stage = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Runner:
    """One way of going the journey, in a world of its own."""

    name: str
    world: World
    floor: Floor | None = None


@dataclass(slots=True)
class Times:
    """Seconds of each round, by stage; a round is a set of orders."""

    orders: int
    seconds: dict[str, list[float]] = field(default_factory=dict)

    def add(self, stage: str, seconds: float) -> None:
        """Keep one measurement."""
        self.seconds.setdefault(stage, []).append(seconds)

    def stage_ms(self, stage: str) -> float:
        """The median of a stage, in milliseconds an order."""
        return statistics.median(self.seconds[stage]) * 1000 / self.orders

    def journey_ms(self) -> float:
        """The median of the whole journey from submission to payment, in milliseconds an order."""
        rounds = zip(*(self.seconds[stage] for stage in journey.STAGES), strict=True)
        totals: list[float] = [sum(stages) for stages in rounds]
        return statistics.median(totals) * 1000 / self.orders


def race(runners: Sequence[Runner], *, orders: int, lines: int, rounds: int, warm_up: int, seed: int) -> Mapping[str, Times]:
    """Let the runners go the same journeys, stage by stage in turn; the first `warm_up` rounds are not kept."""
    times = {runner.name: Times(orders) for runner in runners}
    for runner in runners:
        if runner.floor is not None:
            runner.floor.expect(orders=orders)
    for number in range(warm_up + rounds):
        kept = times if number >= warm_up else {runner.name: Times(orders) for runner in runners}
        # Nobody is always first: who runs after whom changes with each round.
        turn = number % len(runners)
        one_round([*runners[turn:], *runners[:turn]], kept, orders=orders, lines=lines, seed=seed + number)
    return times


def one_round(runners: Sequence[Runner], times: Mapping[str, Times], *, orders: int, lines: int, seed: int) -> None:
    """Enter the same orders for each runner, then let each run the first stage, the second, and so on."""
    stages = {runner.name: started(runner, times[runner.name], orders, lines, seed) for runner in runners}
    for stage in journey.STAGES:
        for runner in runners:
            with acting_for(runner.world.act.company_id):
                began = time.perf_counter()
                stages[runner.name](stage)
                times[runner.name].add(stage, time.perf_counter() - began)


def started(runner: Runner, times: Times, orders: int, lines: int, seed: int) -> Stage:
    """Enter a runner's orders by the product, whoever runs, and return what runs a stage over them."""
    drafts = some_drafts(runner.world, orders=orders, lines=lines, seed=seed)
    with acting_for(runner.world.act.company_id):
        began = time.perf_counter()
        travel = journey.enter(runner.world, drafts)
        times.add(ENTER, time.perf_counter() - began)
    floor = runner.floor
    if floor is None:
        return lambda stage: journey.run_stage(travel, stage)
    return lambda stage: floor.stage(stage, travel.order_ids)
