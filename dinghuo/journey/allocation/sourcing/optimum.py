"""The best plan that HiGHS finds in a given time, and how far it can be from the very best.

The search starts from the greedy plan and ends with it or a better one: whatever the solver says is rounded to whole units,
checked against the problem and compared by exact sums before it counts. With the same seed and one thread the same problem
gives the same plan, unless time runs out.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

import highspy
import numpy as np

from dinghuo.journey.allocation.sourcing.columns import Program, objective, plan_of, program, size, values_of
from dinghuo.journey.allocation.sourcing.greedy import greedy
from dinghuo.journey.allocation.sourcing.problem import Goal, Plan, Problem, breaches, score, worth

SECONDS_DEFAULT = 60.0
COLUMNS_MAX = 400_000
# Goals before the cost count whole lines and units, so half of one tells "as many" from "fewer" past any rounding.
HALF = 0.5
# The solver sums in floating point: this share of a sum may differ from ours.
CONSISTENT = 1e-6


class Ending(StrEnum):
    """How the search for one goal ended."""

    PROVEN = "proven"
    OUT_OF_TIME = "out_of_time"
    FAILED = "failed"
    TOO_LARGE = "too_large"


ENDINGS = {highspy.HighsModelStatus.kOptimal: Ending.PROVEN, highspy.HighsModelStatus.kTimeLimit: Ending.OUT_OF_TIME}


@dataclass(frozen=True, slots=True)
class Step:
    """What was reached of one goal, and how much better it might still be, as a share; a cost is negative.

    `gap` is None where the solver gave no bound.
    """

    goal: Goal
    reached: float
    gap: float | None
    ending: Ending
    seconds: float


@dataclass(frozen=True, slots=True)
class Found:
    """The plan, the greedy one it started from, and what was proven on the way."""

    plan: Plan
    start: Plan
    steps: tuple[Step, ...]

    @property
    def is_proven(self) -> bool:
        """Whether no plan is better, goal before goal."""
        return all(step.ending is Ending.PROVEN for step in self.steps)


@dataclass(frozen=True, slots=True)
class Progress:
    """How a search that takes long is doing."""

    goal: Goal
    seconds: float
    gap: float


Report = Callable[[Progress], None]


def unheard(_progress: Progress) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Search:
    """A problem, its program, and the solver that holds it."""

    problem: Problem
    built: Program
    solver: highspy.Highs
    report: Report


def optimum(problem: Problem, *, seconds: float = SECONDS_DEFAULT, seed: int = 0, report: Report = unheard) -> Found:
    """Find the best plan within some seconds; never a worse one than the greedy plan.

    Each goal may use an even part of the time that is left, the last all of it.
    """
    start = greedy(problem)
    if size(problem) > COLUMNS_MAX:
        steps = (Step(goal, float(worth(problem, start, goal)), None, Ending.TOO_LARGE, 0.0) for goal in problem.goals)
        return Found(start, start, tuple(steps))
    built = program(problem)
    search = Search(problem, built, solver_of(built, seed), report)
    plan, deadline, taken = start, time.monotonic() + seconds, []
    for place, goal in enumerate(problem.goals):
        left = max(0.0, deadline - time.monotonic()) / (len(problem.goals) - place)
        plan, step = pursue(search, goal, plan, left)
        taken.append(step)
    return Found(plan, start, tuple(taken))


def solver_of(built: Program, seed: int) -> highspy.Highs:
    """A solver that holds the columns and rows, silent and repeatable."""
    solver = cast(Callable[[], highspy.Highs], highspy.Highs)()
    solver.silent()
    options: dict[str, int | float | str] = {
        "threads": 1,
        "parallel": "off",
        "random_seed": seed,
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 1e-6,
    }
    # A whole line's factor is its units: a column must be closer to 0 or 1 than one unit of the largest line.
    options["mip_feasibility_tolerance"] = 1e-9
    for name, value in options.items():
        solver.setOptionValue(name, value)
    for upper in built.uppers:
        solver.addCol(0.0, 0.0, upper, 0, np.empty(0, dtype=np.int32), np.empty(0))
    count = len(built.uppers)
    kinds = np.full(count, int(highspy.HighsVarType.kInteger), dtype=np.uint8)
    solver.changeColsIntegrality(count, np.arange(count, dtype=np.int32), kinds)
    for row in built.rows:
        add_row(solver, row.terms, row.lower, row.upper)
    return solver


def add_row(solver: highspy.Highs, terms: Mapping[int, float], lower: float, upper: float) -> None:
    """Add one row to the solver."""
    columns = np.fromiter(terms.keys(), dtype=np.int32, count=len(terms))
    solver.addRow(lower, upper, len(terms), columns, np.fromiter(terms.values(), dtype=np.float64, count=len(terms)))


def pursue(search: Search, goal: Goal, plan: Plan, seconds: float) -> tuple[Plan, Step]:
    """Improve a plan in one goal and keep what it reached for the goals to come."""
    began = time.monotonic()
    if not search.built.options:
        return plan, Step(goal, float(worth(search.problem, plan, goal)), 0.0, Ending.PROVEN, 0.0)
    terms = objective(search.problem, search.built, goal)
    answer = solved(search, goal, terms, plan, seconds)
    # Presolve has been seen to lose the solution of a row with large factors. Without it the search is slower and sound.
    if not answer.is_consistent:
        search.solver.setOptionValue("presolve", "off")
        answer = solved(search, goal, terms, plan, max(0.0, seconds - (time.monotonic() - began)))
    plan = better(search.problem, plan, answer.plan)
    reached = float(worth(search.problem, plan, goal))
    ending = answer.ending if answer.is_consistent else Ending.FAILED
    gap = None if ending is Ending.FAILED else max(0.0, answer.bound - reached) / max(1.0, abs(reached))
    if goal is not Goal.COST:
        add_row(search.solver, terms, reached - HALF, highspy.kHighsInf)
    return plan, Step(goal, reached, gap, ending, time.monotonic() - began)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the solver proposes for one goal, the bound it proved, how it ended, and whether its own sum is its plan's."""

    plan: Plan
    bound: float
    ending: Ending
    is_consistent: bool


def solved(search: Search, goal: Goal, terms: Mapping[int, float], plan: Plan, seconds: float) -> Answer:
    """Run the solver for one goal from a plan."""
    solver, count = search.solver, len(search.built.uppers)
    costs = np.zeros(count)
    for column, value in terms.items():
        costs[column] = value
    solver.changeColsCost(count, np.arange(count, dtype=np.int32), costs)
    solver.changeObjectiveSense(highspy.ObjSense.kMaximize)
    solver.setOptionValue("time_limit", solver.getRunTime() + seconds)
    known = highspy.HighsSolution()
    known.col_value = values_of(search.problem, search.built, plan)
    solver.setSolution(known)
    with told(search, goal):
        solver.run()
    values, figures = list(solver.getSolution().col_value), solver.getInfo()
    proposed = plan_of(search.problem, search.built, values) if len(values) == count else plan
    claimed, exact = float(figures.objective_function_value), float(worth(search.problem, proposed, goal))
    is_consistent = (
        abs(claimed - exact) <= CONSISTENT * max(1.0, abs(exact)) and next(breaches(search.problem, proposed), None) is None
    )
    return Answer(proposed, float(figures.mip_dual_bound), ENDINGS.get(solver.getModelStatus(), Ending.FAILED), is_consistent)


@contextmanager
def told(search: Search, goal: Goal) -> Iterator[None]:
    """Tell how the solver is doing while it runs, once a second."""
    said_at = 0.0

    def tell(event: highspy.HighsCallbackEvent) -> None:
        nonlocal said_at
        now = time.monotonic()
        if now - said_at >= 1:
            said_at = now
            search.report(Progress(goal, event.data_out.running_time, event.data_out.mip_gap))

    search.solver.cbMipInterrupt.subscribe(tell)
    yield
    search.solver.cbMipInterrupt.unsubscribe(tell)


def better(problem: Problem, plan: Plan, proposed: Plan) -> Plan:
    """The proposed plan if it keeps to the problem and is better by exact sums, else the plan at hand."""
    if next(breaches(problem, proposed), None) is None and score(problem, proposed) > score(problem, plan):
        return proposed
    return plan
