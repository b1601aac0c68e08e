"""Optimal sourcing over the API: from where waiting lines would be served at least cost. Nothing is written."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Final

from ninja import Router
from pydantic import Field

from dinghuo.journey.allocation.sourcing.explanation import Short
from dinghuo.journey.allocation.sourcing.problem import Plan
from dinghuo.journey.allocation.sourcing_orders import Limits, OpenLine, Simulated, Tariff, reached, simulate
from dinghuo.reference.bearers import ApiRequest
from dinghuo.reference.routes import route
from dinghuo.reference.wire import Asked, Country, Ids, Money, Price, Quantity, ShortCode

router = Router(tags=["stock"])

SECONDS_MAX: Final = 30
TARIFFS_MAX: Final = 10_000
MILL: Final = Decimal("0.001")


class TariffAsked(Asked):
    """What sending goods from a warehouse costs, in company currency; without a country it holds for every other one."""

    warehouse: ShortCode
    country: Country | None = None
    shipment_cost: Price
    kg_cost: Price = Field("0", validate_default=True)
    unit_cost: Price = Field("0", validate_default=True)


class CapacityAsked(Asked):
    """How many shipments a warehouse can make."""

    warehouse: ShortCode
    shipments_max: Annotated[int, Field(strict=True, ge=0, le=1_000_000)]


class SourcingAsked(Asked):
    """Which orders to source, all that wait when none are named, and by which tariffs and limits."""

    order_ids: Ids | None = None
    tariffs: list[TariffAsked] = Field(min_length=1, max_length=TARIFFS_MAX)
    capacities: list[CapacityAsked] = Field(default=[], max_length=TARIFFS_MAX)
    split_fee: Price = Field("0", validate_default=True)
    splits_max: Annotated[int, Field(strict=True, ge=0, le=100)] | None = None
    seconds: Annotated[int, Field(strict=True, ge=1, le=SECONDS_MAX)] = 5


@dataclass(frozen=True, slots=True)
class Sourced:
    """Stock units that a warehouse would give to a line."""

    order_id: int
    order_number: str
    order_line_id: int
    product: str
    warehouse: str
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class SourcingShort:
    """A line that would stay short, in stock units, and why; capacity and wanted count what proves it, in shipments or units."""

    order_id: int
    order_number: str
    order_line_id: int
    product: str
    quantity: Quantity
    reason: str
    warehouses: list[str]
    measure: str | None
    capacity: Quantity | None
    wanted: Quantity | None


@dataclass(frozen=True, slots=True)
class SourcingReached:
    """What a plan serves, in stock units, with how many shipments, and its cost by kind in company currency."""

    units: Quantity
    shipments: int
    cost_of_shipments: Money
    cost_of_freight: Money
    cost_of_handling: Money
    cost_of_splits: Money
    cost: Money


@dataclass(frozen=True, slots=True)
class Sourcing:
    """The best plan found beside the greedy one.

    `saved` is null where the best plan serves more units. `gap` tells how much less it might cost, as a share; null is unknown.
    """

    best: SourcingReached
    greedy: SourcingReached
    saved: Money | None
    is_proven: bool
    gap: float | None
    lines: list[Sourced]
    short: list[SourcingShort]


@route(router, "POST /allocations/sourcing", needs="stock.allocate")
def simulate_sourcing(request: ApiRequest, asked: SourcingAsked) -> Sourcing:
    """Choose the warehouse of each waiting line at least cost, and compare with the greedy choice. Nothing is written.

    Serves as many units as can be served, then at least cost, within the seconds given. Wrong tariffs: `tariffs_wrong`.
    """
    tariffs = [
        Tariff(each.warehouse, each.country or "", each.shipment_cost, each.kg_cost, each.unit_cost) for each in asked.tariffs
    ]
    limits = Limits(
        split_fee=asked.split_fee,
        splits_max=asked.splits_max,
        capacities={each.warehouse: each.shipments_max for each in asked.capacities},
        seconds=asked.seconds,
    )
    simulated = simulate(company_id=request.act.company_id, order_ids=asked.order_ids, tariffs=tariffs, limits=limits)
    return sourcing_of(simulated)


def sourcing_of(simulated: Simulated) -> Sourcing:
    """A simulation as it goes over the wire."""
    lines = {line.id: line for line in simulated.lines}
    plan = simulated.found.plan
    return Sourcing(
        best=reached_of(simulated, plan),
        greedy=reached_of(simulated, simulated.found.start),
        saved=None if simulated.saved is None else simulated.saved.quantize(MILL),
        is_proven=simulated.found.is_proven,
        gap=simulated.found.steps[-1].gap,
        lines=[
            Sourced(*named(lines[line]), warehouse, (units * simulated.step).normalize())
            for (line, warehouse), units in sorted(plan.items())
        ],
        short=[short_of(simulated, lines[each.line], each) for each in simulated.short],
    )


def named(line: OpenLine) -> tuple[int, str, int, str]:
    """How a line is named."""
    return line.order_id, line.order_number, line.id, line.product


def short_of(simulated: Simulated, line: OpenLine, short: Short) -> SourcingShort:
    """A line that would stay short; shipments are counted whole, units in stock units."""
    proof = short.proof
    if proof is None:
        places = sorted(short.obstacles)
        return SourcingShort(*named(line), short.missing * simulated.step, short.reason, places, None, None, None)
    factor = Decimal(1) if proof.measure == "shipments" else simulated.step
    return SourcingShort(
        *named(line),
        short.missing * simulated.step,
        short.reason,
        list(proof.sites),
        proof.measure,
        proof.capacity * factor,
        proof.wanted * factor,
    )


def reached_of(simulated: Simulated, plan: Plan) -> SourcingReached:
    """What a plan reaches, amounts rounded to a thousandth each."""
    of_plan = reached(simulated, plan)
    money = of_plan.cost
    parts = (money.shipments, money.freight, money.handling, money.splits, money.total)
    return SourcingReached(of_plan.units, of_plan.shipments, *(part.quantize(MILL) for part in parts))
