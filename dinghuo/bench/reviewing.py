"""How fast review alone is: a large set of orders under fifteen rules, and one very long order, beside the same rows by hand."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from dinghuo.bench import journey
from dinghuo.bench.counting import counted
from dinghuo.bench.floor import Floor
from dinghuo.bench.journey import Travel
from dinghuo.bench.world import World, some_drafts
from dinghuo.journey.review.models import ReviewRule
from dinghuo.journey.review.operations import RuleDraft, add_rule
from dinghuo.kernel.tenancy import acting_for

# Beside the seven that every company starts with: rules that look at history, at other orders, at debts and at every line.
RULES: Sequence[RuleDraft] = (
    RuleDraft("usual_quantity", "usual_quantity", {"times_max": "1000"}),
    RuleDraft("same_po", "same_po"),
    RuleDraft("alike_order", "alike_order", severity="warn"),
    RuleDraft("oldest_item", "oldest_item", {"days": 3650}),
    RuleDraft("overdue_share", "overdue_share", {"share_max": "1"}),
    RuleDraft("margin", "margin", {"margin_min": "-10"}),
    RuleDraft("cases", "cases"),
    RuleDraft("assortment", "assortment"),
)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One measurement: seconds of the product and of the statements by hand, and how many statements the product sent."""

    orders: int
    lines: int
    rules: int
    seconds: float
    by_hand_seconds: float
    statements: int


Sizes = Sequence[tuple[int, int]]


def with_rules(world: World) -> int:
    """Put the rules in force beside those installed; returns how many judge by then."""
    with acting_for(world.act.company_id), transaction.atomic():
        for draft in RULES:
            assert add_rule(act=world.act, draft=draft).done, draft.code
        return ReviewRule.objects.filter(company_id=world.act.company_id, retired_at=None).count()


def reviewing(product: World, floor: Floor, sizes: Sizes, *, seed: int) -> list[Reviewed]:
    """Review sets of so many orders of so many lines, by the product and then by hand, each on orders of its own."""
    rules = with_rules(product)
    assert with_rules(floor.world) == rules, "both ways write a finding for each rule"
    return [
        measured(product, floor, orders=orders, lines=lines, rules=rules, seed=seed + place)
        for place, (orders, lines) in enumerate(sizes)
    ]


def measured(product: World, floor: Floor, *, orders: int, lines: int, rules: int, seed: int) -> Reviewed:
    """One size: the operation alone is timed, orders are entered and submitted before."""
    counts: dict[str, int] = {}
    ours = entered(product, orders=orders, lines=lines, seed=seed)
    theirs = entered(floor.world, orders=orders, lines=lines, seed=seed)
    floor.expect(orders=orders)
    with acting_for(product.act.company_id):
        journey.submit(ours)
        with counted(counts, "review"):
            seconds = timed(lambda: journey.review(ours))
    by_hand = timed(lambda: floor.stage("review", theirs.order_ids))
    return Reviewed(orders, lines, rules, seconds, by_hand, counts["review"])


def entered(world: World, *, orders: int, lines: int, seed: int) -> Travel:
    """Enter orders of a world, each with a purchase order number of its own."""
    drafts = some_drafts(world, orders=orders, lines=lines, seed=seed)
    numbered = [replace(draft, customer_po=f"PO-{seed}-{place}") for place, draft in enumerate(drafts)]
    with acting_for(world.act.company_id):
        return journey.enter(world, numbered)


def timed(work: Callable[[], Any]) -> float:
    """How many seconds something takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
