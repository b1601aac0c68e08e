"""A company's own waiting lines as a sourcing problem: free stock by warehouse, tariffs as they are given. Nothing is written."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dinghuo.journey.allocation.sourcing.explanation import Obstacles, Reason, Short, shortages
from dinghuo.journey.allocation.sourcing.optimum import Found, Report, optimum, unheard
from dinghuo.journey.allocation.sourcing.problem import Cost, Line, Option, Plan, Problem, Site, cost, served, trips
from dinghuo.kernel import sql
from dinghuo.kernel.errors import Malformed
from dinghuo.reference.models import Warehouse

LINES_MAX = 20_000
ANYWHERE = ""
THOUSANDTH = Decimal("0.001")


class TariffsWrong(Malformed):
    """The tariffs cannot be used: there is none, one is named twice, or its warehouse is not an active one of the company."""

    code = "tariffs_wrong"


@dataclass(frozen=True, slots=True)
class Tariff:
    """What sending goods from a warehouse to a country costs, in company currency; `country` empty is every other country."""

    warehouse: str
    country: str
    shipment_cost: Decimal
    kg_cost: Decimal = Decimal(0)
    unit_cost: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Limits:
    """What an answer keeps to: the fee for each shipment of an order after its first, how many of those, shipments by warehouse."""

    split_fee: Decimal = Decimal(0)
    splits_max: int | None = None
    capacities: Mapping[str, int] | None = None
    seconds: float = 10.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A line that still wants stock; the weight is of one unit."""

    id: int
    order_id: int
    order_number: str
    product_id: int
    product: str
    wanted: Decimal
    weight_kg: Decimal
    country: str


@dataclass(frozen=True, slots=True)
class FreeStock:
    """What a warehouse has of a product that nobody was promised."""

    warehouse: str
    product_id: int
    free: Decimal


@dataclass(frozen=True)
class Simulated:
    """The lines, the best plan found beside the greedy one, and why lines stay short. Units are `step` stock units each."""

    lines: Sequence[OpenLine]
    problem: Problem
    found: Found
    short: Sequence[Short]
    step: Decimal

    @property
    def saved(self) -> Decimal | None:
        """What the best plan costs less than the greedy one; None where it serves more units, as the two then do not compare."""
        if sum(served(self.found.plan).values()) > sum(served(self.found.start).values()):
            return None
        return cost(self.problem, self.found.start).total - cost(self.problem, self.found.plan).total


@dataclass(frozen=True, slots=True)
class Reached:
    """What a plan serves, in stock units, with how many shipments, and what it costs by kind."""

    units: Decimal
    shipments: int
    cost: Cost


def simulate(
    *, company_id: int, order_ids: Sequence[int] | None, tariffs: Sequence[Tariff], limits: Limits, report: Report = unheard
) -> Simulated:
    """Choose which warehouse would serve which waiting line at least cost, and compare with the greedy choice.

    Serves as many units as can be served, then at least cost; looks at the 20,000 lines that rank first. Raises TariffsWrong.
    """
    wanted = None if order_ids is None else list(order_ids)
    lines = sql.rows("allocation/lines_to_source", OpenLine, company_id=company_id, order_ids=wanted, count=LINES_MAX)
    products = sorted({line.product_id for line in lines})
    stock = sql.rows("allocation/stock_to_source", FreeStock, company_id=company_id, product_ids=products)
    sites = list(
        Warehouse.objects.filter(company_id=company_id, is_active=True).order_by("priority", "id").values_list("code", flat=True)
    )
    refuse_wrong_tariffs(tariffs, limits, sites)
    problem, step = problem_of(lines, stock, sites, tariffs, limits)
    found = optimum(problem, seconds=limits.seconds, seed=limits.seed, report=report)
    return Simulated(lines, problem, found, shortages(problem, found.plan, unreachable(problem, lines, stock)), step)


def refuse_wrong_tariffs(tariffs: Sequence[Tariff], limits: Limits, sites: Sequence[str]) -> None:
    """Raise TariffsWrong for a warehouse that there is not, or a pair of warehouse and country named twice."""
    named = [(tariff.warehouse, tariff.country) for tariff in tariffs]
    unknown = sorted(({code for code, _ in named} | set(limits.capacities or {})) - set(sites))
    if unknown:
        raise TariffsWrong(f"There is no active warehouse {unknown[0]}.", warehouse=unknown[0])
    twice = [pair for pair, times in Counter(named).items() if times > 1]
    if twice:
        warehouse, country = twice[0]
        raise TariffsWrong(
            f"{warehouse} has two tariffs for {country or 'every other country'}.", warehouse=warehouse, country=country
        )
    if not tariffs:
        raise TariffsWrong("There is no tariff.")


def problem_of(
    lines: Sequence[OpenLine], stock: Sequence[FreeStock], sites: Sequence[str], tariffs: Sequence[Tariff], limits: Limits
) -> tuple[Problem, Decimal]:
    """The sourcing problem of some lines and stock, and how many stock units one of its units is: 1, or a thousandth."""
    quantities = [line.wanted for line in lines] + [row.free for row in stock]
    step = Decimal(1) if all(quantity == int(quantity) for quantity in quantities) else THOUSANDTH
    known = {(tariff.warehouse, tariff.country): tariff for tariff in tariffs}
    has = {(row.warehouse, row.product_id) for row in stock}
    reached = {
        (line.id, site): known.get((site, line.country), known.get((site, ANYWHERE)))
        for line in lines
        for site in sites
        if (site, line.product_id) in has
    }
    by_id = {line.id: line for line in lines}
    served_at = {key: tariff for key, tariff in reached.items() if tariff is not None}
    problem = Problem(
        lines=[Line(line.id, line.order_id, str(line.product_id), int(line.wanted / step)) for line in lines],
        sites=[Site(site, shipments_max=(limits.capacities or {}).get(site)) for site in sites],
        options=[
            Option(line, site, freight=tariff.kg_cost * by_id[line].weight_kg * step, handling=tariff.unit_cost * step)
            for (line, site), tariff in served_at.items()
        ],
        shipment_costs={(by_id[line].order_id, site): tariff.shipment_cost for (line, site), tariff in served_at.items()},
        stock={(row.warehouse, str(row.product_id)): int(row.free / step) for row in stock},
        split_fee=limits.split_fee,
        splits_max=limits.splits_max,
    )
    return problem, step


def unreachable(problem: Problem, lines: Sequence[OpenLine], stock: Sequence[FreeStock]) -> Obstacles:
    """By line, the warehouses that have its product but no tariff for its country."""
    holders = defaultdict(list)
    for row in stock:
        holders[row.product_id].append(row.warehouse)
    return {
        line.id: {site: Reason.NO_LANE_FROM_SITES for site in holders[line.product_id] if (line.id, site) not in problem.option_of}
        for line in lines
    }


def reached(simulated: Simulated, plan: Plan) -> Reached:
    """What a plan of a simulation reaches, in stock units."""
    problem = simulated.problem
    units = sum(served(plan).values()) * simulated.step
    return Reached(units, len(trips(problem, plan)), cost(problem, plan))
