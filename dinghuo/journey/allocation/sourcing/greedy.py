"""The answer that one would give by hand: order by order, from the site that serves most of it, the cheaper first."""

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from dinghuo.journey.allocation.sourcing.problem import Line, Option, Place, Plan, Problem


@dataclass(frozen=True)
class Left:
    """What is still free while orders are served one after another."""

    stock: MutableMapping[Place, int]
    shipments: MutableMapping[str, int]
    units: MutableMapping[str, int]


@dataclass(frozen=True)
class Serving:
    """One site's offer to what an order still waits for."""

    site: str
    given: Mapping[int, int] = field(default_factory=dict)
    cost: Decimal = Decimal(0)


def greedy(problem: Problem) -> Plan:
    """Serve orders in their order, each with as few shipments as the free stock allows.

    A site that can give more units comes first; among equals the cheaper one, then the one that is named first.
    """
    left = Left(
        stock=dict(problem.stock),
        shipments={site.code: site.shipments_max for site in problem.sites if site.shipments_max is not None},
        units={site.code: site.units_max for site in problem.sites if site.units_max is not None},
    )
    plan: dict[tuple[int, str], int] = {}
    for order, lines in problem.lines_of_order.items():
        serve_order(problem, left, order, lines, plan)
    return plan


def serve_order(problem: Problem, left: Left, order: int, lines: Sequence[Line], plan: dict[tuple[int, str], int]) -> None:
    """Add the shipments of one order to the plan and take them from what is free."""
    wanted = {line.id: line.units for line in lines}
    by_site: dict[str, list[Option]] = {}
    for line in lines:
        for option in problem.options_of_line.get(line.id, ()):
            by_site.setdefault(option.site, []).append(option)
    shipments_left = len(by_site) if problem.splits_max is None else problem.splits_max + 1
    while by_site and shipments_left:
        offers = [offer(problem, left, order, options, wanted) for options in by_site.values()]
        best = min(offers, key=lambda offered: (-sum(offered.given.values()), offered.cost))
        if not best.given:
            return
        del by_site[best.site]
        shipments_left -= 1
        take(problem, left, best, wanted)
        plan.update({(line, best.site): units for line, units in best.given.items()})


def offer(problem: Problem, left: Left, order: int, options: Sequence[Option], wanted: Mapping[int, int]) -> Serving:
    """What a site would give to the lines of an order now, and at what cost."""
    site = options[0].site
    if left.shipments.get(site, 1) <= 0:
        return Serving(site)
    given: dict[int, int] = {}
    drawn: dict[Place, int] = {}
    total = problem.shipment_costs.get((order, site), Decimal(0))
    units_left = left.units.get(site)
    for option in options:
        place = problem.place(option)
        units = wanted[option.line]
        if place in left.stock:
            units = min(units, left.stock[place] - drawn.get(place, 0))
        if units_left is not None:
            units = min(units, units_left)
        if units <= 0 or (problem.line_of[option.line].is_whole and units < problem.line_of[option.line].units):
            continue
        given[option.line] = units
        drawn[place] = drawn.get(place, 0) + units
        units_left = None if units_left is None else units_left - units
        total += (option.freight + option.handling) * units
    return Serving(site, given, total)


def take(problem: Problem, left: Left, offered: Serving, wanted: dict[int, int]) -> None:
    """Take an offer from what is free and from what the order waits for."""
    if offered.site in left.shipments:
        left.shipments[offered.site] -= 1
    if offered.site in left.units:
        left.units[offered.site] -= sum(offered.given.values())
    for line, units in offered.given.items():
        wanted[line] -= units
        place = (offered.site, problem.line_of[line].product)
        if place in left.stock:
            left.stock[place] -= units
