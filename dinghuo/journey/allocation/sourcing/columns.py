"""A sourcing problem as columns and rows of a mixed-integer program, and plans to and from its values.

Columns: the units of each option (0 or 1 for a whole line), whether an order has a shipment from a site, how often it is split,
and whether a line is served in full. The model is written out in docs/rules/sourcing.md.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dinghuo.journey.allocation.sourcing.problem import Goal, Option, Place, Plan, Problem, Trip, served, trips

INFINITE = math.inf


@dataclass(frozen=True, slots=True)
class Row:
    """A sum of columns, times factors, that stays within bounds."""

    terms: Mapping[int, float]
    lower: float
    upper: float


@dataclass
class Program:
    """The columns with their upper bounds (all start at 0), the rows, and where to find what."""

    uppers: list[float] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    options: list[tuple[Option, int]] = field(default_factory=list)
    trips: dict[Trip, int] = field(default_factory=dict)
    splits: dict[int, int] = field(default_factory=dict)
    filled: dict[int, int] = field(default_factory=dict)

    def column(self, upper: float) -> int:
        """Add a column."""
        self.uppers.append(upper)
        return len(self.uppers) - 1

    def keep(self, terms: Mapping[int, float], *, upper: float = 0, lower: float = -INFINITE) -> None:
        """Add a row, unless there is nothing to keep."""
        if terms:
            self.rows.append(Row(terms, lower, upper))


def program(problem: Problem) -> Program:
    """Write a problem as columns and rows."""
    built = Program()
    for option in problem.options:
        if problem.most(option) >= factor(problem, option):
            add_option(problem, built, option)
    keep_lines(problem, built)
    keep_sites(problem, built)
    keep_orders(problem, built)
    return built


def factor(problem: Problem, option: Option) -> int:
    """Units that one step of an option's column stands for: the whole line, or one."""
    line = problem.line_of[option.line]
    return line.units if line.is_whole else 1


def add_option(problem: Problem, built: Program, option: Option) -> None:
    """Add an option's column, and tie it to the shipment that it needs."""
    line = problem.line_of[option.line]
    most = 1 if line.is_whole else problem.most(option)
    column = built.column(most)
    built.options.append((option, column))
    trip = (line.order, option.site)
    # An order of one whole line has the shipment exactly when it has the line: one column does for both.
    if line.is_whole and len(problem.lines_of_order[line.order]) == 1:
        built.trips[trip] = column
        return
    if trip not in built.trips:
        built.trips[trip] = built.column(1)
    built.keep({column: 1, built.trips[trip]: -most})


def keep_lines(problem: Problem, built: Program) -> None:
    """No line gets more than it wants; a line counts as served when it gets all of it."""
    columns = defaultdict(list)
    for option, column in built.options:
        columns[option.line].append(column)
    for line_id, of_line in columns.items():
        line = problem.line_of[line_id]
        wanted = 1 if line.is_whole else line.units
        built.keep(dict.fromkeys(of_line, 1.0), upper=wanted)
        if Goal.LINES in problem.goals and not line.is_whole:
            built.filled[line_id] = built.column(1)
            built.keep({**dict.fromkeys(of_line, -1.0), built.filled[line_id]: wanted})


def keep_sites(problem: Problem, built: Program) -> None:
    """No place gives more than it has, no site sends more units or shipments than it can."""
    by_place: dict[Place, dict[int, float]] = defaultdict(dict)
    by_site: dict[str, dict[int, float]] = defaultdict(dict)
    for option, column in built.options:
        units = float(factor(problem, option))
        by_place[problem.place(option)][column] = units
        by_site[option.site][column] = units
    for place, terms in by_place.items():
        if place in problem.stock:
            built.keep(terms, upper=problem.stock[place])
    for site in problem.sites:
        if site.units_max is not None:
            built.keep(by_site[site.code], upper=site.units_max)
        if site.shipments_max is not None:
            made = {column: 1.0 for (_, code), column in built.trips.items() if code == site.code}
            built.keep(made, upper=site.shipments_max)


def keep_orders(problem: Problem, built: Program) -> None:
    """Count the shipments of an order after its first, and hold them to the most that are allowed."""
    by_order = defaultdict(list)
    for (order, _), column in built.trips.items():
        by_order[order].append(column)
    for order, columns in by_order.items():
        if len(columns) < 2:
            continue
        made = dict.fromkeys(columns, 1.0)
        if problem.splits_max is not None:
            built.keep(made, upper=problem.splits_max + 1)
        if problem.split_fee:
            built.splits[order] = built.column(len(columns) - 1)
            built.keep({**made, built.splits[order]: -1.0}, upper=1)


def objective(problem: Problem, built: Program, goal: Goal) -> Mapping[int, float]:
    """What each column adds to a goal; more is better, so costs are negative."""
    terms: dict[int, float] = defaultdict(float)
    if goal is Goal.LINES:
        terms.update({column: 1.0 for option, column in built.options if problem.line_of[option.line].is_whole})
        terms.update(dict.fromkeys(built.filled.values(), 1.0))
    elif goal is Goal.UNITS:
        terms.update({column: float(factor(problem, option)) for option, column in built.options})
    else:
        for option, column in built.options:
            terms[column] -= float((option.freight + option.handling) * factor(problem, option))
        for trip, column in built.trips.items():
            terms[column] -= float(problem.shipment_costs.get(trip, 0))
        for column in built.splits.values():
            terms[column] -= float(problem.split_fee)
    return terms


def plan_of(problem: Problem, built: Program, values: Sequence[float]) -> Plan:
    """The plan that a program's values stand for."""
    steps = ((option, round(values[column])) for option, column in built.options)
    return {(option.line, option.site): taken * factor(problem, option) for option, taken in steps if taken > 0}


def values_of(problem: Problem, built: Program, plan: Plan) -> list[float]:
    """A program's values for a plan, to start the search from."""
    values = [0.0] * len(built.uppers)
    made, given = trips(problem, plan), served(plan)
    shipments = Counter(order for order, _ in made)
    for trip in made & built.trips.keys():
        values[built.trips[trip]] = 1.0
    for option, column in built.options:
        values[column] = plan.get((option.line, option.site), 0) / factor(problem, option)
    for order, column in built.splits.items():
        values[column] = max(0.0, shipments[order] - 1.0)
    for line, column in built.filled.items():
        values[column] = float(given.get(line, 0) == problem.line_of[line].units)
    return values


def size(problem: Problem) -> int:
    """About how many columns a problem needs, before any is made."""
    return len(problem.options) * 2 + len(problem.lines)
