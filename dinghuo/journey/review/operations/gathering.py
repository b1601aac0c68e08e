"""Gathering what the rules look at: a fixed few statements, and only those that a rule in force asks for."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from dinghuo.journey.review.rules import KINDS, Case, OrderFacts, RuleInForce
from dinghuo.journey.review.rules.facts import (
    CreditFacts,
    DeniedMatch,
    LineFacts,
    LineHistory,
    LineListing,
    LineSupply,
    OtherOrder,
    ProductHistory,
)
from dinghuo.journey.review.rules.outside import Listed, likest
from dinghuo.kernel import sql
from dinghuo.kernel.tenancy import Act

# Kinds that look at debts whatever the limit; the others have nothing to say about a customer without one.
WITHOUT_LIMIT = frozenset({"oldest_item", "overdue_share", "first_order"})

SECONDS = 3600
# Of how many lines of a product, and of how many days, the usual quantity is taken.
LINES_KEPT = 1_000
DAYS_BACK = 180

Row = TypeVar("Row", LineHistory, LineSupply, LineListing)


@dataclass(frozen=True, slots=True)
class FoundFor:
    """An earlier order found for one that is judged."""

    for_order_id: int
    order_id: int
    number: str
    likeness: Any
    hours_apart: Any


@dataclass(frozen=True, slots=True)
class Candidate:
    """An order that may be like another: its address, and each pair of product and quantity that it asks for."""

    order_id: int
    number: str
    customer_id: int
    ship_to: str
    created_at: datetime
    is_judged: bool
    content: Sequence[str]


@dataclass(slots=True)
class Gathered:
    """The facts of a run by what they belong to."""

    lines: dict[int, list[LineFacts]] = field(default_factory=lambda: defaultdict(list))
    credit: dict[int, CreditFacts] = field(default_factory=dict)
    pools: dict[int, list[CreditFacts]] = field(default_factory=lambda: defaultdict(list))
    history: dict[int, LineHistory] = field(default_factory=dict)
    of_product: dict[int, ProductHistory] = field(default_factory=dict)
    denied: dict[tuple[int, str], DeniedMatch | None] = field(default_factory=dict)
    supply: dict[int, LineSupply] = field(default_factory=dict)
    listing: dict[int, LineListing] = field(default_factory=dict)
    same_po: dict[int, list[OtherOrder]] = field(default_factory=lambda: defaultdict(list))
    alike: dict[int, list[OtherOrder]] = field(default_factory=lambda: defaultdict(list))


def rules_in_force(act: Act, point: str = "submit") -> list[RuleInForce]:
    """The rules that judge today at a check point, in the order in which they are asked."""
    return sql.rows("review/rules_in_force", RuleInForce, company_id=act.company_id, point=point)


def cases_of(act: Act, rules: Sequence[RuleInForce], order_ids: Sequence[int]) -> list[Case]:
    """What the rules look at, oldest order first."""
    needs = frozenset[str]().union(*(KINDS[rule.kind].needs for rule in rules))
    kinds = {rule.kind for rule in rules}
    ids = list(order_ids)
    orders = sql.rows(
        "review/order_facts",
        OrderFacts,
        company_id=act.company_id,
        order_ids=ids,
        wants_discount=bool(kinds & {"discount", "margin"}),
        wants_earlier="earlier" in needs,
        wants_grace=any(rule.parameters.get("grace_days") for rule in rules),
        wants_registry="registry" in needs,
    )
    found = gather_lines(act, needs, kinds, ids)
    if any(rule.parameters.get("p99_times") for rule in rules):
        asked = {"company_id": act.company_id, "order_ids": ids, "days": DAYS_BACK, "kept": LINES_KEPT}
        found.of_product = {row.product_id: row for row in sql.rows("review/product_history", ProductHistory, **asked)}
    if "denied" in needs:
        found.denied = denied_among(act, rules, orders)
    if "credit" in needs:
        gather_credit(act, kinds, orders, found)
    gather_others(act, needs, rules, ids, found)
    return [case_of(act, order, found) for order in orders]


def gather_lines(act: Act, needs: frozenset[str], kinds: set[str], ids: list[int]) -> Gathered:
    """The lines, and what is known about each."""
    found, given = Gathered(), {"company_id": act.company_id, "order_ids": ids}
    if "lines" in needs:
        for line in sql.rows("review/line_facts", LineFacts, **given):
            found.lines[line.order_id].append(line)
    is_discontinued = "products" in kinds and any(line.discontinued_on for lines in found.lines.values() for line in lines)
    if "history" in needs:
        found.history = by_line(sql.rows("review/line_history", LineHistory, **given))
    if "supply" in needs or is_discontinued:
        found.supply = by_line(sql.rows("review/line_supply", LineSupply, **given))
    if "listing" in needs:
        found.listing = by_line(sql.rows("review/line_listing", LineListing, **given))
    return found


def by_line(rows: Iterable[Row]) -> dict[int, Row]:
    """Rows by the line they are about."""
    return {row.line_id: row for row in rows}


def gather_credit(act: Act, kinds: set[str], orders: Sequence[OrderFacts], found: Gathered) -> None:
    """What the orders' customers owe, and what their groups do; nobody without a limit where only limits matter."""
    everybody = bool(kinds & WITHOUT_LIMIT)
    customers = {
        order.customer_id for order in orders if everybody or order.credit_limit is not None or order.group_limit is not None
    }
    if not customers:
        return
    for row in sql.rows(
        "review/credit_facts",
        CreditFacts,
        company_id=act.company_id,
        customer_ids=sorted(customers),
        with_groups="group_limit" in kinds,
    ):
        found.credit[row.customer_id] = row
        found.pools[row.group_id].append(row)


def gather_others(act: Act, needs: frozenset[str], rules: Sequence[RuleInForce], ids: list[int], found: Gathered) -> None:
    """Earlier orders that may be the same ones; of two rules of a kind, the one that looks back further says how far."""
    given = {"company_id": act.company_id, "order_ids": ids}
    if "same_po" in needs:
        days = max(rule.parameters["days"] for rule in rules if rule.kind == "same_po")
        for row in sql.rows("review/orders_of_same_po", FoundFor, days=days, **given):
            found.same_po[row.for_order_id].append(OtherOrder(row.order_id, row.number, row.likeness, row.hours_apart))
    if "alike" in needs:
        hours = max(rule.parameters["hours"] for rule in rules if rule.kind == "alike_order")
        found.alike = alike_orders(sql.rows("review/orders_alike", Candidate, hours=hours, **given), hours)


def denied_among(act: Act, rules: Sequence[RuleInForce], orders: Sequence[OrderFacts]) -> dict[tuple[int, str], DeniedMatch | None]:
    """The likest denied party of each customer and receiver; of two rules of the kind, the stricter says how like is enough."""
    parties = sql.rows("review/denied_parties", Listed, company_id=act.company_id)
    if not parties:
        return {}
    cutoff = min(Decimal(rule.parameters["likeness"]) for rule in rules if rule.kind == "denied_party")
    found: dict[tuple[int, str], DeniedMatch | None] = {}
    for order in orders:
        key = (order.customer_id, order.ship_to_name)
        if key not in found:
            names = (order.customer_name, order.customer_name_zh, order.ship_to_name)
            found[key] = likest(names, order.tax_id, parties, cutoff=cutoff)
    return found


def alike_orders(candidates: Sequence[Candidate], hours: int) -> dict[int, list[OtherOrder]]:
    """For each judged order the earlier ones for the same address that share lines with it: Jaccard's share of pairs in both."""
    found: dict[int, list[OtherOrder]] = {}
    by_address: dict[tuple[int, str], list[tuple[Candidate, frozenset[str]]]] = defaultdict(list)
    for row in candidates:
        content, earlier = frozenset(row.content), by_address[row.customer_id, row.ship_to]
        for other, theirs in earlier if row.is_judged else ():
            apart = abs((row.created_at - other.created_at).total_seconds()) / SECONDS
            common = len(content & theirs) if apart <= hours else 0
            if common:
                share = round(Decimal(common) / len(content | theirs), 4)
                likely = OtherOrder(other.order_id, other.number, share, round(Decimal(apart), 1))
                found.setdefault(row.order_id, []).append(likely)
        earlier.append((row, content))
    return found


def case_of(act: Act, order: OrderFacts, found: Gathered) -> Case:
    """All that one order is judged by."""
    return Case(
        order=order,
        today=act.on,
        at=act.at,
        lines=found.lines.get(order.order_id, ()),
        credit=found.credit.get(order.customer_id),
        pool=found.pools.get(order.group_id, ()),
        history=found.history,
        of_product=found.of_product,
        denied=found.denied.get((order.customer_id, order.ship_to_name)),
        supply=found.supply,
        listing=found.listing,
        same_po=found.same_po.get(order.order_id, ()),
        alike=found.alike.get(order.order_id, ()),
    )
