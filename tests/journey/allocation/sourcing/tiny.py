"""Tiny random sourcing problems, and every plan there is for one, judged without the code under test."""

import itertools
from collections.abc import Iterator
from decimal import Decimal

from hypothesis import strategies as st

from dinghuo.journey.allocation.sourcing.problem import Goal, Line, Option, Plan, Problem, Site

SITES = ("N", "S", "W")
PRODUCTS = ("tea", "cup")
MONEY = st.integers(0, 9).map(Decimal)
LIMIT = st.none() | st.integers(0, 3)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """A problem with at most three lines, three sites and five options, every kind of limit, any order of goals."""
    lines = [
        Line(place, draw(st.integers(0, 2)), draw(st.sampled_from(PRODUCTS)), draw(st.integers(1, 3)), draw(st.booleans()))
        for place in range(draw(st.integers(1, 3)))
    ]
    pairs = draw(st.lists(st.sampled_from(list(itertools.product(range(len(lines)), SITES))), max_size=5, unique=True))
    orders = sorted({line.order for line in lines})
    return Problem(
        lines=lines,
        sites=[Site(code, draw(LIMIT), draw(LIMIT)) for code in SITES],
        options=[Option(line, site, draw(MONEY), draw(MONEY)) for line, site in pairs],
        shipment_costs={trip: draw(MONEY) for trip in itertools.product(orders, SITES)},
        stock=draw(st.dictionaries(st.tuples(st.sampled_from(SITES), st.sampled_from(PRODUCTS)), st.integers(0, 4))),
        split_fee=draw(MONEY),
        splits_max=draw(st.none() | st.integers(0, 1)),
        goals=draw(st.sampled_from([(Goal.UNITS, Goal.COST), (Goal.LINES, Goal.UNITS, Goal.COST), (Goal.COST,)])),
    )


def every_plan(problem: Problem) -> Iterator[Plan]:
    """All plans that keep to the problem."""
    lines = {line.id: line for line in problem.lines}
    keys = [(option.line, option.site) for option in problem.options]
    choices = [(0, lines[line].units) if lines[line].is_whole else range(lines[line].units + 1) for line, _ in keys]
    for units in itertools.product(*choices):
        plan = {key: given for key, given in zip(keys, units, strict=True) if given}
        if is_possible(problem, plan):
            yield plan


def is_possible(problem: Problem, plan: Plan) -> bool:
    """Whether a plan keeps every limit."""
    lines = {line.id: line for line in problem.lines}
    for line in problem.lines:
        given = [units for (whose, _), units in plan.items() if whose == line.id]
        if sum(given) > line.units or (line.is_whole and any(units != line.units for units in given)):
            return False
    for (site, product), most in problem.stock.items():
        if sum(units for (line, at), units in plan.items() if at == site and lines[line].product == product) > most:
            return False
    for limits in problem.sites:
        orders = {lines[line].order for line, at in plan if at == limits.code}
        sent = sum(units for (_, at), units in plan.items() if at == limits.code)
        if len(orders) > (9 if limits.shipments_max is None else limits.shipments_max):
            return False
        if sent > (99 if limits.units_max is None else limits.units_max):
            return False
    for order in {line.order for line in problem.lines}:
        sites = {at for line, at in plan if lines[line].order == order}
        if problem.splits_max is not None and len(sites) > problem.splits_max + 1:
            return False
    return True


def judged(problem: Problem, plan: Plan) -> tuple[Decimal, ...]:
    """What a plan reaches of each goal, more being better."""
    lines = {line.id: line for line in problem.lines}
    price = {(option.line, option.site): option.freight + option.handling for option in problem.options}
    trips = {(lines[line].order, site) for line, site in plan}
    money = sum((price[key] * units for key, units in plan.items()), Decimal(0))
    money += sum((problem.shipment_costs[trip] for trip in trips), Decimal(0))
    money += problem.split_fee * (len(trips) - len({order for order, _ in trips}))
    full = sum(sum(units for (whose, _), units in plan.items() if whose == line.id) == line.units for line in problem.lines)
    reached = {Goal.LINES: Decimal(full), Goal.UNITS: Decimal(sum(plan.values())), Goal.COST: -money}
    return tuple(reached[goal] for goal in problem.goals)
