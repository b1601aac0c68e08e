"""What a run decides on, read set by set and turned into the engine's problems."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from operator import attrgetter
from typing import Any

from dinghuo.journey.allocation.rules.limits import counts_given
from dinghuo.journey.allocation.rules.problem import Demand, Lane, Network, Policy, Problem, Safety, Share, Stock
from dinghuo.kernel import sql
from dinghuo.kernel.tenancy import Act

THOUSAND = 1000
MINUS_ONE = -1
# The engine packs its numbers into 64 bits.
FINE_MAX = 2**62
TERMS = (
    "complete_line",
    "complete_order",
    "whole_cases",
    "minimum_fill",
    "minimum_order_fill",
    "tolerance",
    "minimum_life",
    "maximum_deliveries",
    "shortage_fine",
)
NO_TERMS: Mapping[str, int] = {}
NUMBERS_WISHED = ("minimum_fill", "minimum_order_fill", "tolerance", "minimum_life", "maximum_deliveries")
LINE_COLUMNS = attrgetter(
    "line_ids",
    "order_ids",
    "customer_ids",
    "warehouse_ids",
    "priorities",
    "ordered_days",
    "requested_days",
    "wanted",
    "classes",
    "groups",
    "channels",
    "countries",
    "unit_values",
    "payments",
    "deliveries",
    "held_days",
    "frozen",
    "blocked",
    "place_counts",
)


@dataclass(frozen=True, slots=True)
class Gathered:
    """One product as it was read: each text an array of numbers, kept as text until it is its turn to be decided."""

    product_id: int
    case_size: str
    unit_cost: str
    line_ids: str
    order_ids: str
    customer_ids: str
    warehouse_ids: str
    priorities: str
    ordered_days: str
    requested_days: str
    wanted: str
    classes: str
    groups: str
    channels: str
    countries: str
    unit_values: str
    payments: str
    terms: str
    sets: str
    deliveries: str
    held_days: str
    frozen: str
    blocked: str
    place_counts: str
    place_levels: str
    place_units: str
    level_ids: str
    level_warehouses: str
    level_lots: str
    level_free: str
    level_received: str
    level_expires: str
    level_costs: str
    level_safety: str
    level_covers: str
    given: str

    @property
    def version(self) -> bytes:
        """A hash of all that was read: what is decided on other figures is decided on another version."""
        return hashlib.blake2b("|".join(map(str, astuple(self))).encode(), digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class Question:
    """Products that are decided together: the problem, and what its numbers stand for in the tables.

    `levels` are the stock levels by product, warehouse and lot; `scale` is how many counted units make a stock unit; `before` is
    what each line has from which level.
    """

    products: Sequence[Gathered]
    problem: Problem
    scale: int
    levels: Mapping[tuple[int, int, int], int]
    before: Mapping[int, Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class _LaneRow:
    warehouse_id: int
    zone: int
    distance: int
    days: int
    shipment_cost: int


def gather(act: Act, policy: Policy, today: date, product_ids: Sequence[int] | None = None) -> list[Gathered]:
    """Everything that the lines of some products, or of all, are decided on on a day, in one look at the tables."""
    since = min((quota.from_on for quota in policy.quotas if counts_given(quota)), default=None)
    return sql.rows(
        "allocation/gather_products",
        Gathered,
        company_id=act.company_id,
        product_ids=None if product_ids is None else list(product_ids),
        with_payment=asks_for(policy, "payment") or policy.over_limit_waits,
        with_patience=policy.acceptance.patience_days > 0,
        with_cover=policy.placement.warehouses == "slow_stock",
        today=today,
        given_since=None if since is None else date.fromordinal(since),
    )


def asks_for(policy: Policy, key: str) -> bool:
    """Whether a policy looks at a key of the lines."""
    conditions = [condition.key for segment in policy.segments for condition in segment.conditions]
    limits = [quota.key for quota in policy.quotas] + [floor.key for floor in policy.floors]
    others = [policy.sharing.key, policy.tree_key, *(by.key for by in policy.ranking), *(by.key for by in policy.weights)]
    return key in {*conditions, *limits, *others}


def network(act: Act) -> Network:
    """The active warehouses in the company's order, and how far and dear it is from each to the countries that orders go to."""
    rows = sql.rows("allocation/lanes", _LaneRow, company_id=act.company_id)
    lanes = {(row.warehouse_id, row.zone): Lane(row.distance, row.days, 0, row.shipment_cost) for row in rows}
    return Network(tuple(dict.fromkeys(row.warehouse_id for row in rows)), lanes)


def connected(gathered: Sequence[Gathered], policy: Policy) -> list[list[Gathered]]:
    """The products in groups that are decided together: those that an order connects which is served as a whole."""
    if any(quota.spans for quota in policy.quotas):
        return [list(gathered)] if gathered else []
    group = list(range(len(gathered)))
    first_of_order: dict[str, int] = {}
    for place, product in enumerate(gathered):
        for order_id in tying_orders(product, policy):
            group[root(group, place)] = root(group, first_of_order.setdefault(order_id, place))
    found: dict[int, list[Gathered]] = {}
    for place, product in enumerate(gathered):
        found.setdefault(root(group, place), []).append(product)
    return list(found.values())


def tying_orders(product: Gathered, policy: Policy) -> set[str]:
    """The orders that tie products together: all by the policy, else those with sets and those agreed to be served as a whole."""
    if policy.ties_products:
        return set(texts(product.order_ids))
    orders = texts(product.order_ids)
    in_sets: set[str] = set()
    if product.sets.strip(","):
        in_sets = {order_id for order_id, part in zip(orders, product.sets.split(","), strict=True) if part}
    if not product.terms.strip(","):
        return in_sets
    wishes = (agreed(terms) if terms else NO_TERMS for terms in product.terms.split(","))
    whole = (bool(wish.get("complete_order") or wish.get("minimum_order_fill")) for wish in wishes)
    return in_sets | {order_id for order_id, is_whole in zip(orders, whole, strict=True) if is_whole}


def root(group: list[int], place: int) -> int:
    """The place that stands for all that are connected with a place; paths are shortened on the way."""
    while group[place] != place:
        group[place] = group[group[place]]
        place = group[place]
    return place


def questions(gathered: Sequence[Gathered], policy: Policy, today: int) -> Iterator[Question]:
    """The problems of a run, one group of connected products after the other."""
    for group in connected(gathered, policy):
        yield question(group, policy, today)


def question(group: Sequence[Gathered], policy: Policy, today: int) -> Question:
    """The problem that some connected products are. Quantities count in thousandths where any of them is no whole number."""
    scale = 1 if all(is_whole(product) for product in group) else THOUSAND
    cut = THOUSAND // scale
    levels: dict[tuple[int, int, int], int] = {}
    before: dict[int, Mapping[int, int]] = {}
    demands: list[Demand] = []
    given: list[Demand] = []
    stock: list[Stock] = []
    safety: dict[tuple[int, int], Safety] = {}
    for product in group:
        places = shelf(product, today, cut)
        for level_id, (row, reserve) in places.items():
            levels[product.product_id, row.warehouse_id, row.lot_id] = level_id
            stock.append(row)
            if reserve:
                safety[row.warehouse_id, row.product_id] = Safety(row.warehouse_id, row.product_id, reserve)
        at = {level_id: (row.warehouse_id, row.lot_id) for level_id, (row, _) in places.items()}
        demands += lines(product, policy, at, before, cut)
        given += past_lines(product, cut)
    return Question(group, Problem(today, demands, stock, tuple(safety.values()), given=given), scale, levels, before)


def is_whole(product: Gathered) -> bool:
    """Whether all quantities of a product are whole stock units, which are written with three zeros at the end."""
    amounts = (product.wanted, product.place_units, product.level_free, product.level_safety)
    parts = (part for part in product.sets.split(",") if part)
    return all(part.endswith("000") for part in parts) and all(
        amount == "0" or amount.endswith("000") for text in amounts for amount in texts(text)
    )


def shelf(product: Gathered, today: int, cut: int) -> dict[int, tuple[Stock, int]]:
    """The product's stock by level, each with the safety stock of its warehouse; a lot that has expired has nothing free."""
    columns = (
        product.level_ids,
        product.level_warehouses,
        product.level_lots,
        product.level_free,
        product.level_received,
        product.level_expires,
        product.level_costs,
        product.level_safety,
        product.level_covers,
    )
    found = {}
    for level, warehouse, lot, free, received, expires, cost, safety, cover in zip(*map(numbers, columns), strict=True):
        usable = free // cut if not expires or expires >= today else 0
        row = Stock(warehouse, product.product_id, lot, usable, received, expires, cost, cover)
        found[level] = (row, safety // cut)
    return found


def lines(
    product: Gathered,
    policy: Policy,
    at: Mapping[int, tuple[int, int]],
    before: dict[int, Mapping[int, int]],
    cut: int,
) -> Iterator[Demand]:
    """The product's lines as demands; notes in `before` what each has from which level."""
    case_size, unit_cost = max(1, int(product.case_size) // cut), int(product.unit_cost)
    per_unit = THOUSAND // cut
    held = iter(zip(numbers(product.place_levels), numbers(product.place_units), strict=True))
    wanting = zip(
        product.terms.split(","), product.sets.split(","), zip(*map(numbers, LINE_COLUMNS(product)), strict=True), strict=True
    )
    for terms, part, row in wanting:
        line_id, order_id, customer_id, warehouse_id, priority, ordered, requested, wanted, ranked, *others = row
        group, channel, country, value, payment, deliveries, held_since, frozen, blocked, places = others
        had = {level: units // cut for level, units in (next(held) for _ in range(places))}
        if had:
            before[line_id] = had
        wishes = agreed(terms) if terms else NO_TERMS
        yield Demand(
            line_id,
            order_id,
            customer_id,
            product.product_id,
            wanted // cut,
            # The day it was ordered, then the order's id, in one number.
            (ordered << 40) + order_id,
            ordered,
            requested,
            requested,
            sum(had.values()),
            tuple([Share(*at[level], units) for level, units in had.items()]),
            ranked,
            priority,
            priority == 1,
            group,
            channel,
            country,
            country,
            warehouse_id,
            payment,
            value // per_unit,
            (value - unit_cost) // per_unit,
            fine=min(FINE_MAX, wanted // cut * (value // per_unit) * wishes.get("shortage_fine", 0) // THOUSAND),
            deliveries=deliveries,
            held_since=held_since,
            frozen=bool(frozen),
            blocked=bool(blocked),
            **wished(wishes, case_size if policy.acceptance.whole_cases else 1, case_size),
            **in_set(part, cut),
        )


def past_lines(product: Gathered, cut: int) -> Iterator[Demand]:
    """What was given of the product before and no run can move, as lines that only count against quotas; units are rounded up."""
    for part in texts(product.given):
        requested, customer, ranked, group, channel, country, warehouse, priority, units = map(int, part.split("."))
        yield Demand(
            0,
            0,
            customer,
            product.product_id,
            0,
            requested_on=requested,
            confirmed=-(-units // cut),
            customer_class=ranked,
            priority=priority,
            flag=priority == 1,
            group=group,
            channel=channel,
            region=country,
            zone=country,
            warehouse_id=warehouse,
        )


def wished(wishes: Mapping[str, int], usual_case: int, case_size: int) -> dict[str, Any]:
    """The wishes as a demand has them; who wants whole cases is served in them whatever the policy."""
    return {
        "case_size": case_size if wishes.get("whole_cases") else usual_case,
        "complete_line": bool(wishes.get("complete_line")),
        "complete_order": bool(wishes.get("complete_order")),
        **{name: wishes.get(name, 0) for name in NUMBERS_WISHED},
    }


def in_set(part: str, cut: int) -> dict[str, Any]:
    """The set that a line is part of, if any, and the line's counted units in each."""
    if not part:
        return {}
    kit, per_set = map(int, part.split("."))
    return {"kit": kit, "per_set": per_set // cut}


def agreed(terms: str) -> dict[str, int]:
    """The terms of a line: its own before its order's before its customer's; what nobody agreed on is left out."""
    found: dict[str, int] = {}
    for level in terms.split("|"):
        for name, text in zip(TERMS, level.split("."), strict=True):
            if int(text) != MINUS_ONE:
                found.setdefault(name, int(text))
    return found


def texts(array: str) -> list[str]:
    """The elements of an array or list as it was read."""
    inside = array.strip("{}")
    return inside.split(",") if inside else []


def numbers(array: str) -> Iterable[int]:
    """The numbers of an array as it was read."""
    return map(int, texts(array))
