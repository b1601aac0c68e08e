"""Why a line cannot be served, or not in full: what stands in the way at each site, or which capacity is spent, with the proof.

A proof counts: these sites can send so many, and the lines that can come from nowhere else want more. Its sites are found by
asking who could make room: the lines served where this one could be served, where else those could be served, and so on until
nothing new is reached; then every site is left out that the count can do without.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dinghuo.journey.allocation.sourcing.problem import Line, Place, Plan, Problem, served, trips


class Reason(StrEnum):
    """Why a line stays short. The first are obstacles at every site, from the first check that a site must pass to the last."""

    NO_SITE_HAS_PRODUCT = "no_site_has_product"
    SITES_BOUND_TO_OTHERS = "sites_bound_to_others"
    NO_LANE_FROM_SITES = "no_lane_from_sites"
    NO_LANE_WITH_SERVICE = "no_lane_with_service"
    NO_LANE_OF_CARRIER = "no_lane_of_carrier"
    NO_WEIGHT_BRACKET = "no_weight_bracket"
    CAPACITY_EXHAUSTED = "capacity_exhausted"
    STOCK_EXHAUSTED = "stock_exhausted"
    NO_SITE_HAS_ALL = "no_site_has_all"
    SPLITS_EXHAUSTED = "splits_exhausted"
    NOT_PROVEN = "not_proven"


class Measure(StrEnum):
    """What a spent capacity is counted in."""

    SHIPMENTS = "shipments"
    UNITS = "units"


@dataclass(frozen=True, slots=True)
class Proof:
    """That these sites cannot serve all who depend on them: what they can send, and what those want who have no other site."""

    sites: tuple[str, ...]
    measure: Measure
    capacity: int
    wanted: int


@dataclass(frozen=True, slots=True)
class Short:
    """A line that gets less than it wants, and why; `obstacles` names what stands in the way at each site that has the product."""

    line: int
    missing: int
    reason: Reason
    proof: Proof | None = None
    obstacles: Mapping[str, Reason] = field(default_factory=dict)


Obstacles = Mapping[int, Mapping[str, Reason]]
"""By line and site, the first check that a site did not pass."""


Resource = tuple[str, str | None]
"""What can be spent: a site's capacity, or with a product the stock of it there."""


@dataclass(frozen=True)
class Ground:
    """A plan seen from its sites: which lines each serves, what is spent, and what each line depends on."""

    problem: Problem
    at_site: dict[str, list[int]]
    sent: Counter[str]
    drawn: Counter[Place]
    shipments: Counter[str]
    depends: dict[int, frozenset[Resource]]


def shortages(problem: Problem, plan: Plan, obstacles: Obstacles) -> list[Short]:
    """Explain every line that a plan leaves short."""
    given, ground = served(plan), ground_of(problem, plan)
    proofs: dict[frozenset[Resource], Proof | None] = {}
    found = []
    for line in problem.lines:
        missing = line.units - given.get(line.id, 0)
        if not missing:
            continue
        of_line = obstacles.get(line.id, {})
        if line.id not in problem.options_of_line:
            farthest = max(of_line.values(), key=list(Reason).index, default=Reason.NO_SITE_HAS_PRODUCT)
            found.append(Short(line.id, missing, farthest, None, of_line))
            continue
        depends = ground.depends[line.id]
        if depends not in proofs:
            proofs[depends] = proof_from(ground, depends)
        found.append(Short(line.id, missing, *reasoned(ground, plan, line, proofs[depends]), of_line))
    return found


def ground_of(problem: Problem, plan: Plan) -> Ground:
    """Sum a plan up by its sites."""
    ground = Ground(problem, defaultdict(list), Counter(), Counter(), Counter(site for _, site in trips(problem, plan)), {})
    for (line, site), units in plan.items():
        ground.at_site[site].append(line)
        ground.sent[site] += units
        ground.drawn[site, problem.line_of[line].product] += units
    for line, options in problem.options_of_line.items():
        places = (problem.place(option) for option in options)
        ground.depends[line] = frozenset(
            (code, None) if is_site_full(ground, code) else (code, product) for code, product in places
        )
    return ground


def reasoned(ground: Ground, plan: Plan, line: Line, proof: Proof | None) -> tuple[Reason, Proof | None]:
    """Why a line with sites to serve it stays short, with the proof if there is one."""
    problem = ground.problem
    options = problem.options_of_line[line.id]
    most = max(problem.most(option) for option in options)
    if line.is_whole and most < line.units:
        sites = tuple(sorted(option.site for option in options))
        return Reason.NO_SITE_HAS_ALL, Proof(sites, Measure.UNITS, most, line.units)
    if proof is not None:
        is_capacity = any(is_site_full(ground, code) for code in proof.sites)
        return Reason.CAPACITY_EXHAUSTED if is_capacity else Reason.STOCK_EXHAUSTED, proof
    made = sum(order == line.order for order, _ in trips(problem, plan))
    if problem.splits_max is not None and made > problem.splits_max:
        return Reason.SPLITS_EXHAUSTED, None
    return Reason.NOT_PROVEN, None


def is_site_full(ground: Ground, code: str) -> bool:
    """Whether a site sends all the shipments or units that it can."""
    site = ground.problem.site_of[code]
    return ground.shipments[code] == site.shipments_max or ground.sent[code] == site.units_max


def rivals(ground: Ground, resource: Resource) -> list[int] | None:
    """The lines of which one would have to make room for another at a resource; None if there is room already."""
    code, product = resource
    if product is None:
        return ground.at_site[code]
    if ground.drawn[code, product] == ground.problem.stock.get((code, product)):
        return [line for line in ground.at_site[code] if ground.problem.line_of[line].product == product]
    return None


def proof_from(ground: Ground, start: frozenset[Resource]) -> Proof | None:
    """A smallest group of resources around some that cannot serve all who depend on it; None if there is room on the way."""
    reached, waiting = set(start), list(start)
    while waiting:
        lines = rivals(ground, waiting.pop())
        if lines is None:
            return None
        fresh = {resource for line in lines for resource in ground.depends[line]} - reached
        reached |= fresh
        waiting += fresh
    proof = counted(ground, reached)
    for resource in sorted(reached - start, key=str):
        smaller = counted(ground, reached - {resource}) if proof else None
        if smaller:
            proof, reached = smaller, reached - {resource}
    return proof


def counted(ground: Ground, resources: set[Resource]) -> Proof | None:
    """That a group of spent resources can send less than those lines want that depend on nothing else; None if it can send it.

    None also where some are spent in shipments and others in units, which no one number can compare.
    """
    problem = ground.problem
    sites = tuple(sorted({code for code, _ in resources}))
    bound = [problem.line_of[line] for line, depends in ground.depends.items() if depends <= resources]
    shipments = [problem.site_of[code].shipments_max for code in sites]
    units = [units_of(ground, resource) for resource in resources]
    if all(most == ground.shipments[code] for code, most in zip(sites, shipments, strict=True)):
        proof = Proof(sites, Measure.SHIPMENTS, sum(most or 0 for most in shipments), len({line.order for line in bound}))
    elif all(most is not None for most in units):
        proof = Proof(sites, Measure.UNITS, sum(most or 0 for most in units), sum(line.units for line in bound))
    else:
        return None
    return proof if proof.wanted > proof.capacity else None


def units_of(ground: Ground, resource: Resource) -> int | None:
    """The units that a resource can give; None if it is no number of units that bounds it."""
    code, product = resource
    if product is not None:
        return ground.problem.stock.get((code, product))
    most = ground.problem.site_of[code].units_max
    return most if most == ground.sent[code] else None
