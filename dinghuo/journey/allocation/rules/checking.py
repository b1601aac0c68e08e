"""Which policies cannot be, and a policy as plain values and back. Rule: docs/rules/allocation.md, policies."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from enum import Enum
from typing import Any, get_args, get_origin, get_type_hints

from dinghuo.journey.allocation.rules.keys import KEYS, NORMS, OPERATORS
from dinghuo.journey.allocation.rules.problem import WHOLE, Floor, Method, Node, Policy, Problem, Quota
from dinghuo.journey.allocation.rules.shelf import LOT_ORDERS, WAREHOUSE_ORDERS
from dinghuo.kernel.errors import Malformed, Refused

UNKNOWN_KEY = "unknown_policy_key"
UNKNOWN_CHOICE = "unknown_policy_choice"
NEGATIVE = "negative_policy_number"
SHARES_OVER_WHOLE = "shares_over_whole"
LIMITS_CANNOT_HOLD = "limits_cannot_hold"
CONTRADICTORY = "contradictory_acceptance"


def checked(policy: Policy, quotas: Sequence[Quota] = (), floors: Sequence[Floor] = ()) -> Policy:
    """The policy, if it can be, together with quotas and floors kept beside it.

    Raises Malformed unknown_policy_key, unknown_policy_choice, negative_policy_number; Refused shares_over_whole,
    limits_cannot_hold, contradictory_acceptance; the facts name the place in the policy.
    """
    _known_keys(policy)
    _known_choices(policy)
    _numbers(policy, quotas, floors)
    _shares(policy)
    _limits((*policy.quotas, *quotas), (*policy.floors, *floors))
    _tree(policy.tree)
    _acceptance(policy)
    return policy


def _known_keys(policy: Policy) -> None:
    named = [("segments", condition.key) for segment in policy.segments for condition in segment.conditions]
    named += [("ranking", by.key) for by in policy.ranking]
    named += [("quotas", quota.key) for quota in policy.quotas] + [("floors", floor.key) for floor in policy.floors]
    named += [("tree_key", policy.tree_key)] if policy.tree_key else []
    named += [("sharing", policy.sharing.key)] if policy.sharing.method == Method.SHARES else []
    for place, name in named:
        if name not in KEYS:
            raise Malformed(f"There is no key {name!r}.", code=UNKNOWN_KEY, place=place, key=name, known=list(KEYS))
    for weight in policy.weights:
        if weight.key not in NORMS:
            raise Malformed(f"{weight.key!r} has no norm.", code=UNKNOWN_KEY, place="weights", key=weight.key, known=[*NORMS])


def _known_choices(policy: Policy) -> None:
    operators = [condition.operator for segment in policy.segments for condition in segment.conditions]
    choices: list[tuple[str, str, Sequence[str]]] = [
        *[("segments", operator, (*OPERATORS, "in")) for operator in operators],
        ("on_breach", policy.on_breach, ("fall_back", "abort")),
        ("sharing.unused", policy.sharing.unused, ("again", "down_up", "stay")),
        ("sharing.inside", policy.sharing.inside, (Method.GREEDY, Method.PROPORTIONAL, Method.MAX_MIN)),
        ("placement.lots", policy.placement.lots, [*LOT_ORDERS]),
        ("placement.one_lot", policy.placement.one_lot, ("", "line", "order", "customer")),
        ("placement.warehouses", policy.placement.warehouses, WAREHOUSE_ORDERS),
    ]
    for place, value, known in choices:
        if value not in known:
            raise Malformed(f"{value!r} cannot be chosen here.", code=UNKNOWN_CHOICE, place=place, value=value, known=[*known])
    for segment in policy.segments:
        for condition in segment.conditions:
            if (condition.operator == "in") != isinstance(condition.value, tuple):
                raise Malformed(
                    "Only `in` compares with several values.", code=UNKNOWN_CHOICE, place="segments", value=condition.operator
                )


def _numbers(policy: Policy, quotas: Sequence[Quota], floors: Sequence[Floor]) -> None:
    accepts, timing = policy.acceptance, policy.timing
    numbers = [("weights", weight.weight) for weight in policy.weights]
    numbers += [("sharing.weights", weight) for _value, weight in policy.sharing.weights]
    numbers += [("acceptance", value) for value in asdict(accepts).values()]
    numbers += [("timing", value) for value in asdict(timing).values() if value is not None]
    numbers += [("placement.split_fee", policy.placement.split_fee)]
    limits: list[Quota | Floor] = [*policy.quotas, *quotas, *policy.floors, *floors]
    for limit in limits:
        numbers += [("limits", value) for value in (limit.units, limit.share) if value is not None]
    for place, number in numbers:
        if number < 0:
            raise Malformed("A policy has no negative numbers.", code=NEGATIVE, place=place, number=number)


def _shares(policy: Policy) -> None:
    shares = [weight for _value, weight in policy.sharing.weights]
    over: dict[str, int] = {}
    # Ratios that leave the unused part alone (3 to 1) are not thousandths of anything.
    if policy.sharing.method == Method.SHARES and policy.sharing.unused != "stay":
        over["sharing.weights"] = sum(shares)
    over["acceptance.minimum_fill"] = policy.acceptance.minimum_fill
    over["acceptance.minimum_order_fill"] = policy.acceptance.minimum_order_fill
    for place, thousandths in over.items():
        if thousandths > WHOLE:
            raise Refused("The shares are more than the whole.", code=SHARES_OVER_WHOLE, place=place, thousandths=thousandths)
    if len({value for value, _weight in policy.sharing.weights}) < len(shares):
        raise Refused("A value has two shares.", code=LIMITS_CANNOT_HOLD, place="sharing.weights")


def _tree(nodes: Sequence[Node]) -> None:
    """A node that is its own ancestor, and two nodes where the same lines stand."""
    parents = {node.id: node.parent for node in nodes}
    taken: set[tuple[int | None, int]] = set()
    for number, node in enumerate(nodes):
        above, steps = node.parent, 0
        while above in parents and steps < len(nodes):
            above, steps = parents[above], steps + 1
        if above in parents:
            raise Refused("A node is its own ancestor.", code=LIMITS_CANNOT_HOLD, place=f"tree.nodes[{number}].parent")
        stands = (node.product_id, node.id if node.value is None else node.value)
        if stands in taken:
            raise Refused("Two nodes have the same value.", code=LIMITS_CANNOT_HOLD, place=f"tree.nodes[{number}].value")
        taken.add(stands)


def _limits(quotas: Sequence[Quota], floors: Sequence[Floor]) -> None:
    """Floors of one key that exceed the stock, a quota below the floor of the same group, a limit that is twice or not at all."""
    floor_of: dict[tuple[str, int | None], dict[int, Floor]] = {}
    for floor in floors:
        same = floor_of.setdefault((floor.key, floor.product_id), {})
        if floor.value in same or (floor.units is None) == (floor.share is None):
            raise _cannot_hold("floors", floor.key, floor.value)
        same[floor.value] = floor
    for (name, _product_id), group in floor_of.items():
        whole = sum(floor.share or 0 for floor in group.values())
        if whole > WHOLE:
            raise Refused(
                "The floors are more than the stock.", code=SHARES_OVER_WHOLE, place="floors", key=name, thousandths=whole
            )
    for quota in quotas:
        _quota(quota, quotas, floor_of.get((quota.key, quota.product_id), {}))


def _quota(quota: Quota, quotas: Sequence[Quota], floors: Mapping[int, Floor]) -> None:
    if (quota.units is None) == (quota.share is None) or quota.from_on > quota.until_on or (quota.spans and quota.product_id):
        raise _cannot_hold("quotas", quota.key, quota.value)
    same = [other for other in quotas if (other.key, other.value, other.product_id) == (quota.key, quota.value, quota.product_id)]
    if any(other is not quota and other.from_on <= quota.until_on and quota.from_on <= other.until_on for other in same):
        raise _cannot_hold("quotas", quota.key, quota.value)
    floor = floors.get(quota.value) if quota.value is not None else None
    if floor is None:
        return
    below_units = quota.units is not None and floor.units is not None and quota.units < floor.units
    below_share = quota.share is not None and floor.share is not None and quota.share < floor.share
    if below_units or below_share:
        raise _cannot_hold("floors", quota.key, quota.value)


def _cannot_hold(place: str, key: str, value: int | None) -> Refused:
    return Refused("These limits cannot hold together.", code=LIMITS_CANNOT_HOLD, place=place, key=key, value=value)


def _acceptance(policy: Policy) -> None:
    accepts, sharing = policy.acceptance, policy.sharing
    shares_parts = sharing.method in (Method.PROPORTIONAL, Method.MAX_MIN, Method.TARGET)
    wrong = {
        "stops_at_first_unfilled": accepts.stops_at_first_unfilled
        and (not accepts.complete_lines or sharing.method != Method.GREEDY),
        "patience_days": accepts.patience_days and not (accepts.complete_lines or accepts.complete_orders),
        "minimum_fill": accepts.minimum_fill and accepts.complete_lines,
        "minimum_order_fill": accepts.minimum_order_fill and accepts.complete_orders,
        "complete_lines": accepts.complete_lines and shares_parts,
        "complete_orders": accepts.complete_orders and sharing.method != Method.GREEDY,
        "knapsack": sharing.method == Method.KNAPSACK and not accepts.complete_lines,
        "penalty": sharing.method == Method.PENALTY and accepts.complete_lines,
    }
    for name, is_wrong in wrong.items():
        if is_wrong:
            raise Refused("The acceptance contradicts itself or the sharing.", code=CONTRADICTORY, place=f"acceptance.{name}")


def check_problem(problem: Problem) -> None:
    """Nothing, if lines and stock can be: raises Malformed repeated_line, repeated_level, negative_units, places_do_not_add_up."""
    lines: set[int] = set()
    for demand in problem.demands:
        if demand.line_id in lines:
            raise Malformed("A line is there twice.", code="repeated_line", line_id=demand.line_id)
        lines.add(demand.line_id)
        if demand.wanted < 0 or demand.confirmed < 0:
            raise Malformed("A line wants less than nothing.", code="negative_units", line_id=demand.line_id)
        held = sum([share.units for share in demand.places]) if demand.places else 0
        if held != demand.confirmed:
            raise Malformed(
                "A line's places hold other than is confirmed to it.",
                code="places_do_not_add_up",
                line_id=demand.line_id,
                confirmed=demand.confirmed,
                held=held,
            )
    levels: set[tuple[int, int, int]] = set()
    for stock in problem.stock:
        place = (stock.warehouse_id, stock.product_id, stock.lot_id)
        facts = dict(zip(("warehouse_id", "product_id", "lot_id"), place, strict=True))
        if place in levels:
            raise Malformed("A level is there twice.", code="repeated_level", **facts)
        levels.add(place)
        if stock.free < 0:
            raise Malformed("A level has less than nothing.", code="negative_units", **facts)


def as_values(policy: Policy) -> dict[str, Any]:
    """A policy as plain values, as they are stored and sent."""
    return asdict(policy)


def policy_of(values: Mapping[str, Any]) -> Policy:
    """The policy that plain values say. Raises Malformed unknown_policy_key for a name no policy has, unknown_policy_choice."""
    found = _built(Policy, values, "policy")
    assert isinstance(found, Policy)
    return found


def _built(kind: Any, value: Any, place: str) -> Any:
    """A value of some type of a policy's field out of plain values, down to the last one."""
    if is_dataclass(kind):
        return _dataclass_of(kind, value, place)
    if get_origin(kind) is tuple:
        return _tuple_of(get_args(kind), value, place)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _choice_of(kind, value, place)
    found = tuple(value) if isinstance(value, list) else value
    kinds = tuple(get_origin(one) or one for one in get_args(kind) or (kind,))
    # A truth value is an integer to Python, but 1 is no answer to yes or no, and yes is no number.
    if not isinstance(found, kinds) or (isinstance(found, bool) and bool not in kinds):
        raise Malformed(f"{value!r} does not belong here.", code=UNKNOWN_CHOICE, place=place, value=value)
    return found


def _tuple_of(kinds: tuple[Any, ...], value: Any, place: str) -> tuple[Any, ...]:
    if isinstance(value, list | tuple):
        inner = [kinds[0]] * len(value) if kinds[-1] is Ellipsis else list(kinds)
        if len(inner) == len(value):
            return tuple(_built(one, item, place) for one, item in zip(inner, value, strict=True))
    raise Malformed("Other values belong here.", code=UNKNOWN_CHOICE, place=place, value=value)


def _choice_of(kind: type[Enum], value: Any, place: str) -> Enum:
    named: dict[Any, Enum] = {member.name.lower(): member for member in kind} | {member.value: member for member in kind}
    if not isinstance(value, str | int) or value not in named:
        raise Malformed(f"{value!r} cannot be chosen here.", code=UNKNOWN_CHOICE, place=place, value=value)
    return named[value]


def _dataclass_of(kind: Any, value: Any, place: str) -> Any:
    if not isinstance(value, Mapping):
        raise Malformed("Named values belong here.", code=UNKNOWN_CHOICE, place=place, value=value)
    hints = get_type_hints(kind)
    known = [field.name for field in fields(kind)]
    for name in value:
        if name not in known:
            raise Malformed(f"There is no {name!r} here.", code=UNKNOWN_KEY, place=place, key=name, known=known)
    return kind(**{name: _built(hints[name], part, f"{place}.{name}") for name, part in value.items()})
