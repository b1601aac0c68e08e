"""What is asked of sourcing and what an answer is worth: lines, sites, capacities, costs. Frozen data and exact sums.

Units are whole numbers of the smallest step that a quantity moves in; money is Decimal in one currency.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

Place = tuple[str, str]
"""A site and a product."""
Trip = tuple[int, str]
"""An order and the site that ships to it."""
Plan = Mapping[tuple[int, str], int]
"""Units that a site gives to a line, by line id and site code; only what is above zero."""


class Goal(StrEnum):
    """What is sought, the first of a problem's goals before all that follow: each keeps what those before it reached."""

    LINES = "lines"
    UNITS = "units"
    COST = "cost"


@dataclass(frozen=True, slots=True)
class Line:
    """What an order wants of a product. A whole line comes from one site in full, or not at all."""

    id: int
    order: int
    product: str
    units: int
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """A warehouse or plant and what it can send out in the period: shipments, units; None is no limit."""

    code: str
    shipments_max: int | None = None
    units_max: int | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """That a site may serve a line, and what each unit of it costs there."""

    line: int
    site: str
    freight: Decimal = Decimal(0)
    handling: Decimal = Decimal(0)


@dataclass(frozen=True)
class Problem:
    """Lines, the sites that may serve them and what that costs; orders are served in the order of their first line.

    `stock` bounds what a site has of a product; a place that it does not name has no bound. `shipment_costs` is charged once for
    each order and site, `split_fee` for each shipment of an order after its first, `splits_max` bounds those.
    """

    lines: Sequence[Line]
    sites: Sequence[Site]
    options: Sequence[Option]
    shipment_costs: Mapping[Trip, Decimal] = field(default_factory=dict)
    stock: Mapping[Place, int] = field(default_factory=dict)
    split_fee: Decimal = Decimal(0)
    splits_max: int | None = None
    goals: tuple[Goal, ...] = (Goal.UNITS, Goal.COST)

    @cached_property
    def line_of(self) -> Mapping[int, Line]:
        """A line by its id."""
        return {line.id: line for line in self.lines}

    @cached_property
    def site_of(self) -> Mapping[str, Site]:
        """A site by its code."""
        return {site.code: site for site in self.sites}

    @cached_property
    def option_of(self) -> Mapping[tuple[int, str], Option]:
        """An option by its line and site."""
        return {(option.line, option.site): option for option in self.options}

    @cached_property
    def options_of_line(self) -> Mapping[int, Sequence[Option]]:
        """The options of each line, as they were given; a line without any is not in it."""
        found = defaultdict(list)
        for option in self.options:
            found[option.line].append(option)
        return found

    @cached_property
    def lines_of_order(self) -> Mapping[int, Sequence[Line]]:
        """The lines of each order, orders by their first line."""
        found = defaultdict(list)
        for line in self.lines:
            found[line.order].append(line)
        return found

    def place(self, option: Option) -> Place:
        """The site and product that an option draws on."""
        return option.site, self.line_of[option.line].product

    def most(self, option: Option) -> int:
        """The most units that an option could give, were it alone."""
        line = self.line_of[option.line]
        units_max = self.site_of[option.site].units_max
        bounds = [line.units, self.stock.get(self.place(option), line.units)]
        if units_max is not None:
            bounds.append(units_max)
        return min(bounds)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a plan costs, by kind."""

    shipments: Decimal = Decimal(0)
    freight: Decimal = Decimal(0)
    handling: Decimal = Decimal(0)
    splits: Decimal = Decimal(0)

    @property
    def total(self) -> Decimal:
        """All kinds together."""
        return self.shipments + self.freight + self.handling + self.splits


def trips(problem: Problem, plan: Plan) -> set[Trip]:
    """The shipments that a plan makes: one for each order and site that gives it anything."""
    return {(problem.line_of[line].order, site) for line, site in plan}


def cost(problem: Problem, plan: Plan) -> Cost:
    """What a plan costs, exactly."""
    made = trips(problem, plan)
    orders = {order for order, _ in made}
    options = [(problem.option_of[key], units) for key, units in plan.items()]
    return Cost(
        shipments=sum((problem.shipment_costs.get(trip, Decimal(0)) for trip in made), Decimal(0)),
        freight=sum((option.freight * units for option, units in options), Decimal(0)),
        handling=sum((option.handling * units for option, units in options), Decimal(0)),
        splits=problem.split_fee * (len(made) - len(orders)),
    )


def served(plan: Plan) -> Mapping[int, int]:
    """Units that each line gets; a line that gets nothing is not in it."""
    given: dict[int, int] = defaultdict(int)
    for (line, _), units in plan.items():
        given[line] += units
    return given


def worth(problem: Problem, plan: Plan, goal: Goal) -> Decimal:
    """What a plan reaches of one goal; more is better, so a cost is negative."""
    if goal is Goal.COST:
        return -cost(problem, plan).total
    given = served(plan)
    if goal is Goal.UNITS:
        return Decimal(sum(given.values()))
    return Decimal(sum(given.get(line.id, 0) == line.units for line in problem.lines))


def score(problem: Problem, plan: Plan) -> tuple[Decimal, ...]:
    """What a plan reaches, goal by goal; the greater tuple is the better plan."""
    return tuple(worth(problem, plan, goal) for goal in problem.goals)


def breaches(problem: Problem, plan: Plan) -> Iterator[str]:
    """Name every limit of the problem that a plan breaks; nothing for a plan that can be carried out."""
    for (line, site), units in plan.items():
        wanted = problem.line_of[line]
        if (line, site) not in problem.option_of or units <= 0 or (wanted.is_whole and units != wanted.units):
            yield f"line {line} cannot have {units} from {site}"
            return
    for line, units in served(plan).items():
        if units > problem.line_of[line].units:
            yield f"line {line} gets {units}"
    for order, count in Counter(order for order, _ in trips(problem, plan)).items():
        if problem.splits_max is not None and count > problem.splits_max + 1:
            yield f"order {order} is split too often"
    yield from overdrawn(problem, plan)


def overdrawn(problem: Problem, plan: Plan) -> Iterator[str]:
    """Name the places and sites that a plan asks more of than they have."""
    drawn, sent = Counter[Place](), Counter[str]()
    for key, units in plan.items():
        drawn[problem.place(problem.option_of[key])] += units
        sent[key[1]] += units
    for place, units in drawn.items():
        if units > problem.stock.get(place, units):
            yield f"{place} gives {units}"
    shipments = Counter(site for _, site in trips(problem, plan))
    for site in problem.sites:
        if exceeds(shipments[site.code], site.shipments_max) or exceeds(sent[site.code], site.units_max):
            yield f"{site.code} sends {shipments[site.code]} shipments, {sent[site.code]} units"


def exceeds(count: int, most: int | None) -> bool:
    """Whether a count is above its limit; no limit is never exceeded."""
    return most is not None and count > most
