"""Policies as data: read from JSON into what the engine takes, with each fault named by its place.

Codes stand for customers' classes, warehouses and products, so that a policy reads as people speak.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from enum import IntEnum, StrEnum
from typing import Any

from dinghuo.journey.allocation.rules.checking import SHARES_OVER_WHOLE, UNKNOWN_KEY, checked
from dinghuo.journey.allocation.rules.keys import KEYS, NORMS, OPERATORS
from dinghuo.journey.allocation.rules.problem import (
    WHOLE,
    Acceptance,
    Condition,
    Floor,
    Method,
    Node,
    Placement,
    Policy,
    Quota,
    RankKey,
    Segment,
    Sharing,
    Strategy,
    Timing,
    Weight,
)
from dinghuo.kernel.errors import Refused

LOTS = ("fefo", "fifo", "lifo", "cheapest", "dearest", "fewest")
WAREHOUSES = ("own", "fixed", "most_stock", "nearest", "fewest", "cheapest", "slow_stock")
UNUSED = ("again", "down_up", "stay")
ON_BREACH = ("fall_back", "abort")
ONE_LOT = ("", "line", "order", "customer")
# Keys whose values people write as codes; the numbers behind them are the company's own.
CODED = frozenset({"customer_class", "customer_id", "product_id", "warehouse_id", "channel", "region", "zone", "group"})
DAYS = frozenset({"requested_on", "ship_on", "entered_on"})
UNITS_MAX = 10**12


class FaultyPolicy(Exception):
    """A policy that cannot be: the code, where in the data, and what about it."""

    def __init__(self, code: str, place: str, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.code = code
        self.facts = {"column": place, "message": message, **facts}


@dataclass(frozen=True, slots=True)
class Codes:
    """The company's numbers for codes that a policy names, by key and code."""

    numbers: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def number(self, key: str, value: Any, place: str) -> int:
        """The number that a value stands for: a code, a day, a truth or a number; raises FaultyPolicy for anything else."""
        if isinstance(value, bool):
            return int(value)
        if isinstance(value, int):
            return value
        if not isinstance(value, str):
            raise FaultyPolicy("malformed", place, "A value is a number, a day or a code.")
        if key in DAYS:
            return day(value, place)
        found = self.numbers.get((key, value))
        if found is None:
            raise FaultyPolicy("unknown_code", place, f"There is no {key} {value}.", key=key, value=value)
        return found


@dataclass(frozen=True, slots=True)
class Branches:
    """A quota tree as a definition has it."""

    key: str
    nodes: Any


@dataclass(frozen=True, slots=True)
class Branch:
    """A node as a definition has it: its parent by name, and the value of the key whose lines stand at it."""

    name: str
    units: int
    parent: str | None = None
    rank: int = 1
    value: Any = None
    product: str | None = None


def codes_named(data: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every key with a code that a definition names with it, whether they exist or not."""
    if isinstance(data, Mapping):
        own = data.get("key")
        inner = own if isinstance(own, str) else key
        for name, value in data.items():
            named = {"product": "product_id", "may_break_safety": "customer_class"}.get(str(name), inner)
            yield from codes_named(value, named)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from codes_named(value, key)
    elif isinstance(data, str) and key in CODED:
        yield key, data


def policy_of(data: Any, codes: Codes, *, name: str = "default", version: int = 1) -> Policy:
    """The policy that a definition describes.

    Raises FaultyPolicy: `malformed`, `unknown_code` and what `rules.checking` refuses, each with the place and the figures. Rule:
    docs/rules/allocation.md.
    """
    given = mapping(data, "definition", Policy, without=("name", "version", "tree_key"))
    read: dict[str, Any] = {"name": name, "version": version}
    for key, reader in READERS.items():
        if key in given:
            read[key] = reader(given[key], key, codes)
    if "tree" in given:
        read["tree_key"], read["tree"] = tree(given["tree"], "tree", codes)
    policy = Policy(**read)
    hold_together(policy)
    return policy


def hold_together(policy: Policy) -> None:
    """Raise FaultyPolicy for parts that are each well formed and cannot be true at once."""
    if any(by.key == "score" for by in policy.ranking) and not policy.weights:
        raise FaultyPolicy("malformed", "weights", "A ranking by score needs weights.")
    if any(by.key == "aged_class" for by in policy.ranking) and not policy.timing.ageing_days:
        raise FaultyPolicy("malformed", "timing.ageing_days", "A ranking by aged class needs the days of a step.")
    if policy.sharing.method is Method.SHARES and not policy.sharing.weights:
        raise FaultyPolicy("malformed", "sharing.weights", "Shares need weights.")
    try:
        checked(policy)
    except Refused as refusal:
        facts = dict(refusal.facts)
        raise FaultyPolicy(refusal.reason, str(facts.pop("place", "definition")), refusal.message, **facts) from None


def mapping(data: Any, place: str, kind: type[Any], *, without: Sequence[str] = (), also: Sequence[str] = ()) -> Mapping[str, Any]:
    """The data as a mapping of a kind's fields; raises FaultyPolicy for anything else, a name that is not known included."""
    if not isinstance(data, Mapping):
        raise FaultyPolicy("malformed", place, "An object is wanted here.")
    known = {one.name for one in fields(kind)} - set(without) | set(also)
    for name in data:
        if name not in known:
            raise FaultyPolicy(UNKNOWN_KEY, f"{place}.{name}", f"{name} is not known here.", known=sorted(known))
    needed = {one.name for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING}
    for name in sorted(needed - set(data) - set(without)):
        raise FaultyPolicy("malformed", f"{place}.{name}", f"{name} is missing.")
    return data


def items(data: Any, place: str) -> Iterator[tuple[Any, str]]:
    """The elements of a list with their places; raises FaultyPolicy for anything else."""
    if not isinstance(data, list | tuple):
        raise FaultyPolicy("malformed", place, "A list is wanted here.")
    for number, element in enumerate(data):
        yield element, f"{place}[{number}]"


def whole(value: Any, place: str, *, most: int = UNITS_MAX, least: int = 0) -> int:
    """A whole number within bounds; raises FaultyPolicy otherwise."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise FaultyPolicy("malformed", place, f"A whole number from {least} to {most} is wanted here.")
    return value


def truth(value: Any, place: str) -> bool:
    """A truth value; raises FaultyPolicy otherwise."""
    if not isinstance(value, bool):
        raise FaultyPolicy("malformed", place, "true or false is wanted here.")
    return value


def one_of(value: Any, place: str, known: Sequence[str]) -> str:
    """One of some words; raises FaultyPolicy otherwise."""
    if value not in known:
        raise FaultyPolicy("malformed", place, f"One of {', '.join(word or 'nothing' for word in known)} is wanted here.")
    return str(value)


def known_key(value: Any, place: str, known: Sequence[str] | Mapping[str, Any] = KEYS) -> str:
    """A key of lines; raises FaultyPolicy `unknown_policy_key` otherwise."""
    if not isinstance(value, str) or value not in known:
        raise FaultyPolicy(UNKNOWN_KEY, place, f"Lines have no key {value}.", known=sorted(known))
    return value


def day(value: Any, place: str) -> int:
    """A day, written as ISO text, as its number; raises FaultyPolicy otherwise."""
    try:
        return date.fromisoformat(value).toordinal()
    except (TypeError, ValueError):
        raise FaultyPolicy("malformed", place, "A day is written like 2026-03-02.") from None


def word_of(kind: type[IntEnum] | type[StrEnum], value: Any, place: str) -> Any:
    """A member of an enumeration by its name in lower case; raises FaultyPolicy otherwise."""
    by_name = {member.name.lower(): member for member in kind}
    return by_name[one_of(value, place, tuple(by_name))]


def segments(data: Any, place: str, codes: Codes) -> tuple[Segment, ...]:
    """The segments of a policy."""
    found = []
    for element, at in items(data, place):
        given = mapping(element, at, Segment)
        tests = tuple(condition(one, where, codes) for one, where in items(given.get("conditions", []), f"{at}.conditions"))
        found.append(Segment(str(given["name"]), word_of(Strategy, given["strategy"], f"{at}.strategy"), tests))
    return tuple(found)


def condition(data: Any, place: str, codes: Codes) -> Condition:
    """One test of a line."""
    given = mapping(data, place, Condition)
    key = known_key(given["key"], f"{place}.key")
    operator = one_of(given["operator"], f"{place}.operator", (*OPERATORS, "in"))
    if operator == "in":
        among = tuple(codes.number(key, one, where) for one, where in items(given["value"], f"{place}.value"))
        return Condition(key, operator, among)
    return Condition(key, operator, codes.number(key, given["value"], f"{place}.value"))


def ranking(data: Any, place: str, _codes: Codes) -> tuple[RankKey, ...]:
    """The keys of a ranking; a key alone is one that is served lowest first."""
    found = []
    for element, at in items(data, place):
        given = mapping({"key": element} if isinstance(element, str) else element, at, RankKey)
        found.append(RankKey(known_key(given["key"], f"{at}.key"), truth(given.get("descending", False), f"{at}.descending")))
    return tuple(found)


def weights(data: Any, place: str, _codes: Codes) -> tuple[Weight, ...]:
    """The terms of a score."""
    found = []
    for element, at in items(data, place):
        given = mapping(element, at, Weight)
        found.append(Weight(known_key(given["key"], f"{at}.key", NORMS), whole(given["weight"], f"{at}.weight", least=-(10**6))))
    return tuple(found)


def sharing(data: Any, place: str, codes: Codes) -> Sharing:
    """How units are dealt."""
    given = mapping(data, place, Sharing)
    method = word_of(Method, given.get("method", "greedy"), f"{place}.method")
    key = known_key(given["key"], f"{place}.key") if given.get("key") else ""
    shares = []
    for element, at in items(given.get("weights", []), f"{place}.weights"):
        if not isinstance(element, list | tuple) or len(element) != 2:
            raise FaultyPolicy("malformed", at, "A value and its weight are wanted here.")
        shares.append((codes.number(key, element[0], at), whole(element[1], at, most=WHOLE)))
    inside = word_of(Method, given.get("inside", "proportional"), f"{place}.inside")
    return Sharing(method, key, tuple(shares), inside, one_of(given.get("unused", "again"), f"{place}.unused", UNUSED))


def limit(data: Any, place: str, codes: Codes, kind: type[Quota] | type[Floor]) -> dict[str, Any]:
    """What quotas and floors have in common."""
    given = mapping(data, place, kind, without=("product_id",), also=("product",))
    key = known_key(given["key"], f"{place}.key")
    units, share = given.get("units"), given.get("share")
    if (units is None) == (share is None):
        raise FaultyPolicy("malformed", place, "Either units or a share is wanted here.")
    if share is not None and isinstance(share, int) and share > WHOLE:
        raise FaultyPolicy(SHARES_OVER_WHOLE, f"{place}.share", "A share is at most the whole.", shares=share, whole=WHOLE)
    value, product = given["value"], given.get("product")
    return {
        "key": key,
        "value": None if value is None else codes.number(key, value, f"{place}.value"),
        "units": None if units is None else whole(units, f"{place}.units"),
        "share": None if share is None else whole(share, f"{place}.share", most=WHOLE),
        "product_id": None if product is None else codes.number("product_id", product, f"{place}.product"),
    }


def quotas(data: Any, place: str, codes: Codes) -> tuple[Quota, ...]:
    """The caps."""
    found: list[Quota] = []
    for element, at in items(data, place):
        common = limit(element, at, codes, Quota)
        since = day(element["from_on"], f"{at}.from_on") if "from_on" in element else 0
        until = day(element["until_on"], f"{at}.until_on") if "until_on" in element else 10**7
        carries, spans = (truth(element.get(name, False), f"{at}.{name}") for name in ("carries", "spans"))
        made = Quota(**common, from_on=since, until_on=until, carries=carries, spans=spans)
        found.append(made)
    return tuple(found)


def floors(data: Any, place: str, codes: Codes) -> tuple[Floor, ...]:
    """The protected minima; each is of one value."""
    found = []
    for element, at in items(data, place):
        common = limit(element, at, codes, Floor)
        if common["value"] is None:
            raise FaultyPolicy("malformed", f"{at}.value", "A floor is of one value.")
        found.append(Floor(**common))
    return tuple(found)


def tree(data: Any, place: str, codes: Codes) -> tuple[str, tuple[Node, ...]]:
    """A quota tree: the key of lines that says where they stand, and the nodes, which name their parent."""
    given = mapping(data, place, Branches)
    key = known_key(given["key"], f"{place}.key")
    branches: dict[tuple[int | None, str], tuple[str, Mapping[str, Any]]] = {}
    for element, at in items(given["nodes"], f"{place}.nodes"):
        branch = mapping(element, at, Branch)
        product = None if branch.get("product") is None else codes.number("product_id", branch["product"], f"{at}.product")
        name = (product, str(branch["name"]))
        if name in branches:
            raise FaultyPolicy("malformed", f"{at}.name", "Two nodes have this name.")
        branches[name] = at, branch
    # No key of a line has a value below zero of this kind, so that a node without a value is nobody's own.
    ids = {name: -number for number, name in enumerate(branches, 1)}
    return key, tuple(node(name, *branch, (key, codes), ids) for name, branch in branches.items())


def node(
    name: tuple[int | None, str], place: str, branch: Mapping[str, Any], of: tuple[str, Codes], ids: Mapping[Any, int]
) -> Node:
    """A node with its parent found among those of its product, and the value's code looked up."""
    parent = str(branch.get("parent") or "")
    if parent and (name[0], parent) not in ids:
        raise FaultyPolicy("malformed", f"{place}.parent", f"There is no node {parent}.")
    value = branch.get("value")
    return Node(
        ids[name],
        ids[name[0], parent] if parent else 0,
        whole(branch.get("rank", 1), f"{place}.rank", most=10_000),
        whole(branch["units"], f"{place}.units"),
        None if value is None else of[1].number(of[0], value, f"{place}.value"),
        name[0],
    )


def plain(data: Any, place: str, kind: type[Any], words: Mapping[str, Sequence[str]], bounds: Mapping[str, int]) -> Any:
    """An object whose fields are truths, bounded numbers or words, read by their defaults."""
    given = mapping(data, place, kind)
    read: dict[str, Any] = {}
    for one in fields(kind):
        if one.name not in given:
            continue
        at, value = f"{place}.{one.name}", given[one.name]
        if one.name in words:
            read[one.name] = one_of(value, at, words[one.name])
        elif isinstance(one.default, bool):
            read[one.name] = truth(value, at)
        elif value is None and one.default is None:
            read[one.name] = None
        else:
            read[one.name] = whole(value, at, most=bounds.get(one.name, 10_000))
    return kind(**read)


def acceptance(data: Any, place: str, _codes: Codes) -> Acceptance:
    """What a line or order takes at all."""
    bounds = {"minimum_fill": WHOLE, "minimum_order_fill": WHOLE, "tolerance": WHOLE}
    found: Acceptance = plain(data, place, Acceptance, {}, bounds)
    return found


def placement(data: Any, place: str, _codes: Codes) -> Placement:
    """Which lots and warehouses serve."""
    words = {"lots": LOTS, "one_lot": ONE_LOT, "warehouses": WAREHOUSES}
    found: Placement = plain(data, place, Placement, words, {"split_fee": UNITS_MAX})
    return found


def timing(data: Any, place: str, _codes: Codes) -> Timing:
    """When goods are reserved, and how waiting lines rise."""
    found: Timing = plain(data, place, Timing, {}, {})
    return found


def classes(data: Any, place: str, codes: Codes) -> tuple[int, ...]:
    """Customers' classes."""
    return tuple(codes.number("customer_class", element, at) for element, at in items(data, place))


READERS: Mapping[str, Callable[[Any, str, Codes], Any]] = {
    "segments": segments,
    "otherwise": lambda data, place, _: word_of(Strategy, data, place),
    "on_breach": lambda data, place, _: one_of(data, place, ON_BREACH),
    "ranking": ranking,
    "weights": weights,
    "sharing": sharing,
    "quotas": quotas,
    "floors": floors,
    "may_break_safety": classes,
    "over_limit_waits": lambda data, place, _: truth(data, place),
    "acceptance": acceptance,
    "placement": placement,
    "timing": timing,
}
