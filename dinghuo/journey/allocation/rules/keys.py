"""What a line can be judged by: the keys that conditions, rankings, scores, quotas and shares may name."""

from collections.abc import Callable, Mapping
from operator import attrgetter, eq, ge, gt, le, lt, ne

from dinghuo.journey.allocation.rules.problem import Condition, Demand, Policy, RankKey

Reader = Callable[[Demand, int], int]

MILLION = 10**6
WORST_CLASS = 2

PLAIN = (
    "line_id",
    "order_id",
    "customer_id",
    "product_id",
    "wanted",
    "entered",
    "entered_on",
    "requested_on",
    "ship_on",
    "confirmed",
    "customer_class",
    "priority",
    "flag",
    "group",
    "channel",
    "region",
    "zone",
    "warehouse_id",
    "payment",
    "unit_value",
    "unit_margin",
    "fine",
    "case_size",
    "minimum_life",
    "deliveries",
)


def _plain(name: str) -> Reader:
    get = attrgetter(name)

    def value(demand: Demand, _today: int) -> int:
        return int(get(demand))

    return value


def _days_waiting(demand: Demand, today: int) -> int:
    return max(0, today - demand.entered_on) if demand.entered_on else 0


def _days_late(demand: Demand, today: int) -> int:
    return max(0, today - demand.requested_on) if demand.requested_on else 0


def _value(demand: Demand, _today: int) -> int:
    return demand.unit_value * demand.wanted


def _margin(demand: Demand, _today: int) -> int:
    return demand.unit_margin * demand.wanted


DERIVED: Mapping[str, Reader] = {
    "days_waiting": _days_waiting,
    "days_late": _days_late,
    "value": _value,
    "margin": _margin,
}

# What counts towards a score and how: a better line has the larger norm.
NORMS: Mapping[str, Reader] = {
    "customer_class": lambda demand, _today: max(0, WORST_CLASS - demand.customer_class),
    "flag": lambda demand, _today: int(demand.flag),
    "days_late": _days_late,
    "days_waiting": _days_waiting,
    "value": lambda demand, _today: demand.unit_value * demand.wanted // MILLION,
    "margin": lambda demand, _today: demand.unit_margin * demand.wanted // MILLION,
}

OPERATORS: Mapping[str, Callable[[int, int], bool]] = {"eq": eq, "ne": ne, "lt": lt, "le": le, "gt": gt, "ge": ge}

# Keys that only a policy gives a meaning to.
OF_POLICY = ("aged_class", "score")

KEYS: tuple[str, ...] = (*PLAIN, *DERIVED, *OF_POLICY)


def key(name: str, policy: Policy) -> Reader:
    """The function that reads a key of a line on a day. `aged_class`: D1.6, `score`: D1.5."""
    if name in DERIVED:
        return DERIVED[name]
    if name == "aged_class":
        return _aged_class(policy)
    if name == "score":
        return _score(policy)
    return _plain(name)


def _aged_class(policy: Policy) -> Reader:
    days, most = policy.timing.ageing_days, policy.timing.ageing_steps

    def value(demand: Demand, today: int) -> int:
        steps = min(_days_waiting(demand, today) // days, most) if days else 0
        return max(0, demand.customer_class - steps)

    return value


def _score(policy: Policy) -> Reader:
    terms = [(weight.weight, NORMS[weight.key]) for weight in policy.weights]

    def value(demand: Demand, today: int) -> int:
        return sum(weight * norm(demand, today) for weight, norm in terms)

    return value


def ranking(policy: Policy) -> Callable[[Demand, int], tuple[int, ...]]:
    """The function that gives a line's place in the queue: smaller is first, entry and line id end every tie."""
    terms = [(_sign(by), key(by.key, policy)) for by in policy.ranking]

    def place(demand: Demand, today: int) -> tuple[int, ...]:
        return (*[sign * value(demand, today) for sign, value in terms], demand.entered, demand.line_id)

    return place


def _sign(by: RankKey) -> int:
    return -1 if by.descending else 1


def passes(conditions: tuple[Condition, ...], policy: Policy) -> Callable[[Demand, int], bool]:
    """The function that tells whether a line meets all of some conditions."""
    tests = [(key(condition.key, policy), _test(condition)) for condition in conditions]

    def meets(demand: Demand, today: int) -> bool:
        return all(test(value(demand, today)) for value, test in tests)

    return meets


def _test(condition: Condition) -> Callable[[int], bool]:
    wanted = condition.value
    if isinstance(wanted, tuple):
        among = frozenset(wanted)
        return lambda value: value in among
    compare, number = OPERATORS[condition.operator], wanted
    return lambda value: compare(value, number)
