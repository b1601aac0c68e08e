"""A whole bench: worlds, warm-up, races of single orders and of sets, what both ways left, and statement counts."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from dinghuo.bench import ageing, bank_proof, events, report
from dinghuo.bench.counting import growing, statements
from dinghuo.bench.events import Intake, take_in
from dinghuo.bench.floor import Floor, OneCall
from dinghuo.bench.place import Place
from dinghuo.bench.race import PRODUCT, Runner, Times, race
from dinghuo.bench.reviewing import Reviewed, reviewing
from dinghuo.bench.rows import differences, rows_left
from dinghuo.bench.world import World, know_sizes, make_world
from dinghuo.kernel.tenancy import acting_for

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to measure: rounds and sizes of single orders and of sets, bank payments, and carriers' events."""

    rounds: int = 30
    orders: int = 500
    set_rounds: int = 3
    lines: Sequence[int] = (5, 20, 100)
    warm_up: int = 10
    reviews: Sequence[tuple[int, int]] = ((10_000, 20), (1, 1_000))
    bank_payments: int = 1_000
    events: int = 100_000
    aged_items: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Findings:
    """What a bench found; `differences` says where product and hand-made statements wrote otherwise, and should be empty."""

    single: Mapping[int, Mapping[str, Times]]
    sets: Mapping[int, Mapping[str, Times]]
    counts: Mapping[tuple[int, int], Mapping[str, int]]
    differences: Sequence[str]
    rows: Mapping[str, int]
    reviews: Sequence[Reviewed]
    bank: bank_proof.Proof
    intake: Intake
    ageing: Mapping[str, Any]


def bench(place: Place, plan: Plan, tell: Tell) -> Findings:
    """Measure everything of a plan in one place, one thing after the other."""
    mark = secrets.token_hex(3)
    with ExitStack() as opened:
        tell("making three companies with stock")
        worlds = {way: make_world(f"bench-{mark}-{way}"[:20]) for way in WAYS}
        runners = [Runner(way, world, opened_floor(opened, way, place, world)) for way, world in worlds.items()]
        tell("warming up")
        race(runners, orders=20, lines=20, rounds=1, warm_up=4, seed=1_000)
        if place.is_own:
            know_sizes()
        single = {lines: told_race(tell, runners, plan, lines, orders=1) for lines in plan.lines}
        sets = {lines: told_race(tell, runners, plan, lines, orders=plan.orders) for lines in plan.lines}
        tell("comparing what was written")
        left = {way: rows_left(world) for way, world in worlds.items()}
        unlike = [line for way in FLOORS for line in differences(left[PRODUCT], left[way])]
        tell("counting statements")
        with acting_for(worlds[PRODUCT].act.company_id):
            counts = statements(worlds[PRODUCT], seed=900_000)
        tell("reviewing by fifteen rules")
        floors = {runner.name: runner.floor for runner in runners if runner.floor is not None}
        reviews = reviewing(worlds[PRODUCT], floors[BY_HAND], plan.reviews, seed=950_000)
        bank = bank_proof.prove(bank_proof.Shape(plan.bank_payments, 2 * plan.bank_payments), tell)
        tell(f"taking in {plan.events} events of carriers")
        intake = take_in(make_world(f"bench-{mark}-events"[:20]), plan.events)
        aged = ageing.ageing(ageing.Books(plan.aged_items), tell)
    rows = {table: facts["rows"] for table, facts in left[PRODUCT].items()}
    return Findings(single, sets, counts, unlike, rows, reviews, bank, intake, aged)


BY_HAND = "by_hand"
FLOORS: Mapping[str, type[Floor]] = {BY_HAND: Floor, "one_call": OneCall}
WAYS = (PRODUCT, *FLOORS)


def opened_floor(opened: ExitStack, way: str, place: Place, world: World) -> Floor | None:
    """The hand-made statements of a way, on a connection that is closed at the end; None for the product."""
    if way not in FLOORS:
        return None
    floor = FLOORS[way](place.address, world)
    opened.callback(floor.close)
    return floor


def told_race(tell: Tell, runners: Sequence[Runner], plan: Plan, lines: int, *, orders: int) -> Mapping[str, Times]:
    """A race of one size, announced."""
    rounds, warm_up = (plan.rounds, plan.warm_up) if orders == 1 else (plan.set_rounds, 1)
    tell(f"{rounds} rounds of {orders} x {lines} lines")
    return race(runners, orders=orders, lines=lines, rounds=rounds, warm_up=warm_up, seed=10_000 * lines + orders)


def as_data(place: Place, plan: Plan, found: Findings) -> dict[str, Any]:
    """Everything that a bench found, ready for JSON."""
    return {
        "machine": report.machine(),
        "server": report.server(),
        "database": {"name": place.database, "is_own": place.is_own},
        "plan": {"rounds": plan.rounds, "orders": plan.orders, "set_rounds": plan.set_rounds, "lines": list(plan.lines)},
        "single": report.figures(found.single),
        "sets": report.figures(found.sets),
        "statements": report.counts_by_operation(found.counts),
        "review": report.review_figures(found.reviews),
        "statements_growing": growing(found.counts),
        "rows": dict(found.rows),
        "bank": bank_proof.as_data(found.bank),
        "ageing": dict(found.ageing),
        "differences": list(found.differences),
        "events": events.as_data(found.intake),
    }


def as_text(plan: Plan, found: Findings) -> list[str]:
    """What a bench found, as tables for people."""
    return [
        *report.race_table("Single orders, six stages with a commit each: milliseconds an order", found.single),
        "",
        *report.stage_table("Single orders by stage, product / by hand", found.single),
        "",
        *report.race_table(f"Sets of {plan.orders} orders, the same stages: milliseconds an order", found.sets),
        "",
        *report.stage_table("Sets by stage, product / by hand", found.sets),
        "",
        *report.count_table(found.counts),
        "",
        *report.review_table(found.reviews),
        *bank_proof.as_text(found.bank),
        *events.as_text(found.intake),
        "",
        *ageing.as_lines(found.ageing),
    ]
