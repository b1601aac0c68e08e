"""What a run of the allocation is asked and what it answers: the contract between the engine and whoever reads and writes the rows.

Every quantity is an integer in the product's smallest counted unit, every day is `date.toordinal()`, every unit price an integer in
millionths of the company's currency, every share an integer in thousandths. Rule: docs/rules/allocation.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import NamedTuple

WHOLE = 1000


class Strategy(IntEnum):
    """What a re-decision may do to a line; the number is the order in which segments are served."""

    SKIP = 0
    WIN = 1
    GAIN = 2
    IMPROVE = 3
    REDISTRIBUTE = 4
    FILL = 5
    LOSE = 6


class Reason(IntEnum):
    """Why a line got what it got. The numbers are stored: never reuse one. Facts are listed beside each, in order."""

    FULL = 0  # -
    NO_STOCK = 1  # units the line could see
    OTHERS_FIRST = 2  # units at the start, units better ranked lines took
    SHARED = 3  # units shared, units wanted by all who shared
    QUOTA = 4  # quota's limit, units others took of it
    FLOOR = 5  # units kept for other groups
    SAFETY = 6  # units of safety stock kept
    SHORT_LIFE = 7  # units refused for their remaining life, days wanted
    LINE_COMPLETE = 8  # units it could have had
    ORDER_COMPLETE = 9  # line that could not be filled, units it could have had
    MINIMUM_FILL = 10  # units it could have had, thousandths wanted
    ORDER_VALUE = 11  # thousandths of the order's value that could be filled, thousandths wanted
    WHOLE_CASES = 12  # case size, units left over
    LAST_DELIVERY = 13  # units it could have had, deliveries made
    KIT = 14  # sets that could be made, sets wanted
    OVER_LIMIT = 15  # -
    BLOCKED = 16  # -
    LOST = 17  # units confirmed before
    NEVER_ABOVE = 18  # units confirmed before
    KEPT = 19  # units confirmed before
    TOO_EARLY = 20  # first day it may be served
    HEAD_OF_LINE = 21  # line that stopped the queue
    PATIENCE_OVER = 22  # units given back, days held
    HOLDING = 23  # units held, last day they are held
    WORTH_LESS = 24  # worth of the line, worth of those chosen (millionths)
    ONE_LOT = 25  # units in the lot it may take from
    LATE = 26  # units that would arrive too late
    OVER = 27  # units above what was wanted
    ABORTED = 28  # line whose promise could not be kept


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of a line: `key` one of KEYS, `operator` one of eq, ne, lt, le, gt, ge, in."""

    key: str
    operator: str
    value: int | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """Lines that pass all conditions, and what a re-decision may do to them; a line belongs to the first segment that fits."""

    name: str
    strategy: Strategy
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class RankKey:
    """One key of the ranking; lower is served first unless `descending`."""

    key: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Weight:
    """One term of the weighted score: whole `weight` times the key's norm, see docs/rules/allocation.md."""

    key: str
    weight: int


class Method(StrEnum):
    """How the units a segment can see are dealt among its lines."""

    GREEDY = "greedy"
    PROPORTIONAL = "proportional"
    TARGET = "target"
    MAX_MIN = "max_min"
    SHARES = "shares"
    KNAPSACK = "knapsack"
    PENALTY = "penalty"


@dataclass(frozen=True, slots=True)
class Sharing:
    """A method; for `shares` the key that divides, a weight for each of its values in order, and what becomes of unused shares.

    `unused`: "again" re-shares it by weight, "down_up" hands it to the next value and then back up, "stay" leaves it free.
    `inside` deals each value's part: greedy, proportional or max_min.
    """

    method: Method = Method.GREEDY
    key: str = ""
    weights: tuple[tuple[int, int], ...] = ()
    inside: Method = Method.PROPORTIONAL
    unused: str = "again"


@dataclass(frozen=True, slots=True)
class Quota:
    """At most so much for the lines of one key value (None: every value that no quota of this key names) asked for in a period.

    Either `units` or `share` (thousandths of the product's stock at the start). `product_id` None: each product has one such quota;
    `spans` makes it a single one over all products. `carries` lets what earlier periods of the same value left count too.
    """

    key: str
    value: int | None
    units: int | None = None
    share: int | None = None
    product_id: int | None = None
    from_on: int = 0
    until_on: int = 10**7
    carries: bool = False
    spans: bool = False


@dataclass(frozen=True, slots=True)
class Floor:
    """At least so much that only lines of one key value may take: `units`, or `share` in thousandths of the stock at the start."""

    key: str
    value: int
    units: int | None = None
    share: int | None = None
    product_id: int | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a quota tree: parent (0 for a root), rank among siblings (1 the best), units; lines of `value` (else id) use it."""

    id: int
    parent: int
    rank: int
    units: int
    value: int | None = None
    product_id: int | None = None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What a line or order takes at all; a line's own wishes come on top of these, the stricter one counts."""

    complete_lines: bool = False
    complete_orders: bool = False
    stops_at_first_unfilled: bool = False
    patience_days: int = 0
    minimum_fill: int = 0
    minimum_order_fill: int = 0
    whole_cases: bool = False
    maximum_deliveries: int = 0
    tolerance: int = 0


@dataclass(frozen=True, slots=True)
class Placement:
    """Which lots and warehouses serve.

    `lots`: fefo, fifo, lifo, cheapest, dearest, fewest. `one_lot`: "", line, order, customer. `warehouses`: own, fixed, most_stock,
    nearest, fewest, cheapest, slow_stock. `in_time`: only warehouses that arrive by the requested day. `lots_first`: the lot rule
    decides before the warehouse rule. `split_fee`: cost of each warehouse after the first, for cheapest.
    """

    lots: str = "fefo"
    one_lot: str = ""
    warehouses: str = "own"
    in_time: bool = False
    lots_first: bool = False
    split_fee: int = 0


@dataclass(frozen=True, slots=True)
class Timing:
    """Reserve `reserve_days` before the ship day (None: at once), starred lines `starred_days` before.

    `ageing_days`: the class rank improves one step per so many days waited (0: never), by at most `ageing_steps`.
    """

    reserve_days: int | None = None
    starred_days: int | None = None
    ageing_days: int = 0
    ageing_steps: int = 99


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything a run decides by. The default needs no set-up: keep what is confirmed, then serve by priority, class and entry."""

    name: str = "default"
    version: int = 1
    segments: tuple[Segment, ...] = ()
    otherwise: Strategy = Strategy.GAIN
    on_breach: str = "fall_back"
    ranking: tuple[RankKey, ...] = (RankKey("priority"), RankKey("customer_class"), RankKey("entered"))
    weights: tuple[Weight, ...] = ()
    sharing: Sharing = Sharing()
    quotas: tuple[Quota, ...] = ()
    floors: tuple[Floor, ...] = ()
    tree_key: str = ""
    tree: tuple[Node, ...] = ()
    may_break_safety: tuple[int, ...] = ()
    over_limit_waits: bool = False
    acceptance: Acceptance = Acceptance()
    placement: Placement = Placement()
    timing: Timing = Timing()

    @property
    def ties_products(self) -> bool:
        """Whether products must be planned together where orders (or a quota over all products) connect them."""
        together = self.placement.warehouses in ("fewest", "cheapest") or any(quota.spans for quota in self.quotas)
        return bool(self.acceptance.complete_orders or self.acceptance.minimum_order_fill or together)


class Share(NamedTuple):
    """Units of one warehouse and lot (0: no lot)."""

    warehouse_id: int
    lot_id: int
    units: int


@dataclass(frozen=True, slots=True)
class Demand:
    """One line that takes part: what it wants in all (`wanted`), what is confirmed to it now and where (`places`), and its wishes.

    `entered` orders entries in time and ends every ranking together with `line_id`. `customer_class`: 0 the best. `payment`: 0
    prepaid, 1 inside the limit, 2 over it. `fine`: what it costs, in all, if the line is not full. `on_hand`: what the place that
    asks has already, for equal percent of target. `kit`/`per_set`: lines of one order with the same kit go together. `group`,
    `channel`, `region`: whatever quotas, floors and shares divide by. `zone`: where it goes, for the lanes. `held_since`: the day
    an incomplete hold began, never cleared before the line is full; 0 if none. `frozen`: later runs may not touch it. `blocked`:
    its order is held or cancelled and gives back.
    """

    line_id: int
    order_id: int
    customer_id: int
    product_id: int
    wanted: int
    entered: int = 0
    entered_on: int = 0
    requested_on: int = 0
    ship_on: int = 0
    confirmed: int = 0
    places: tuple[Share, ...] = ()
    customer_class: int = 0
    priority: int = 5
    flag: bool = False
    group: int = 0
    channel: int = 0
    region: int = 0
    zone: int = 0
    warehouse_id: int = 0
    payment: int = 1
    unit_value: int = 0
    unit_margin: int = 0
    fine: int = 0
    on_hand: int = 0
    complete_line: bool = False
    complete_order: bool = False
    minimum_fill: int = 0
    minimum_order_fill: int = 0
    case_size: int = 1
    tolerance: int = 0
    minimum_life: int = 0
    deliveries: int = 0
    maximum_deliveries: int = 0
    held_since: int = 0
    kit: int = 0
    per_set: int = 0
    frozen: bool = False
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Stock:
    """Units of one warehouse, product and lot that nobody has been promised. Every place of a demand must have a row, if only of 0.

    `expires_on` 0: never. `unit_cost` in millionths. `cover_days`: how long the warehouse's stock of the product lasts.
    """

    warehouse_id: int
    product_id: int
    lot_id: int
    free: int
    received_on: int = 0
    expires_on: int = 0
    unit_cost: int = 0
    cover_days: int = 0


@dataclass(frozen=True, slots=True)
class Safety:
    """Units of a product in a warehouse that only the classes of `may_break_safety` may touch."""

    warehouse_id: int
    product_id: int
    units: int


@dataclass(frozen=True, slots=True)
class Lane:
    """From a warehouse to a zone: distance, days, and cost a unit and a shipment in millionths."""

    distance: int = 0
    days: int = 0
    unit_cost: int = 0
    shipment_cost: int = 0


@dataclass(frozen=True, slots=True)
class Network:
    """The warehouses in their fixed order, and the lanes by (warehouse, zone); a lane that is not there costs and takes nothing."""

    warehouses: tuple[int, ...] = ()
    lanes: Mapping[tuple[int, int], Lane] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """Lines and stock that must be planned together: one product, or as many as `Policy.ties_products` connects.

    `quotas`, `floors`: those beside the policy's that name these products. `nodes`: the quota tree by product, before the policy's
    own. `given`: lines that only count, with what is `confirmed` to them, against quotas in units of the period they lie in.
    """

    today: int
    demands: Sequence[Demand]
    stock: Sequence[Stock]
    safety: Sequence[Safety] = ()
    quotas: Sequence[Quota] = ()
    floors: Sequence[Floor] = ()
    nodes: Mapping[int, Sequence[Node]] = field(default_factory=dict)
    given: Sequence[Demand] = ()


class Decision(NamedTuple):
    """What one line gets. `rank` 1 is served first within the problem; `segment` counts the policy's, the last is `otherwise`."""

    line_id: int
    product_id: int
    wanted: int
    confirmed: int
    given: int
    rank: int
    segment: int
    strategy: Strategy
    reason: Reason
    facts: tuple[int, ...]
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Breach:
    """A promise that the stock cannot keep: a Win line below what it wants, or a Gain line below what is confirmed."""

    line_id: int
    product_id: int
    promised: int
    given: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to become of a problem, ordered by line; `left`: stock still free; `breaches` must be resolved before posting.

    `broken`: the invariants of `checked` that do not hold. `bounded`: products whose best choice was too large to find exactly.
    """

    decisions: tuple[Decision, ...]
    left: tuple[Stock, ...]
    breaches: tuple[Breach, ...]
    bounded: tuple[int, ...]
    input_hash: bytes
    output_hash: bytes
    checked: tuple[str, ...]
    broken: tuple[str, ...]
