"""One group of products decided: what is kept of it, and what it adds to the sums of the run."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from operator import attrgetter
from typing import Any

from dinghuo.journey.allocation.operations.gathering import THOUSAND, Gathered, Question
from dinghuo.journey.allocation.rules.engine import Prepared, plan, prepared
from dinghuo.journey.allocation.rules.problem import Decision, Network, Plan, Policy
from dinghuo.journey.allocation.rules.replay import REPLAYED, replayed
from dinghuo.kernel import sql
from dinghuo.kernel.tenancy import Act

HASH_BYTES = 32
# So many groups of a run are decided again, turned round and on what they leave: the answer must be the same.
GROUPS_PROVED = 20
BREACHES_KEPT = 50
RANK = attrgetter("rank")
COLUMNS = (
    "product_ids",
    "versions",
    "scales",
    "line_ids",
    "wanted",
    "had",
    "given",
    "segments",
    "reasons",
    "fact_counts",
    "facts",
    "place_lines",
    "place_levels",
    "place_units",
)


@dataclass(slots=True)
class Sums:
    """What a run, or a part of it, comes to: units in stock units, hashes that do not depend on the order of products."""

    products: int = 0
    lines: int = 0
    gaining: int = 0
    losing: int = 0
    gained: Decimal = Decimal(0)
    lost: Decimal = Decimal(0)
    inputs: int = 0
    outputs: int = 0
    checked: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    breaches: list[dict[str, Any]] = field(default_factory=list)
    breached: int = 0
    proved: int = 0


@dataclass(slots=True)
class Kept:
    """Decisions that wait to be written, a column a list."""

    columns: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    lines: int = 0

    def write(self, act: Act, run_id: int) -> None:
        """Write what waits, and begin anew."""
        if self.lines:
            sql.execute("allocation/write_decisions", company_id=act.company_id, run_id=run_id, **self.columns)
        self.columns, self.lines = {name: [] for name in COLUMNS}, 0


@dataclass(frozen=True, slots=True)
class Judge:
    """A policy made ready for products counted in whole stock units, and for those counted in thousandths."""

    by_scale: Mapping[int, Prepared]

    @classmethod
    def of(cls, policy: Policy, network: Network) -> "Judge":
        """Make a policy ready."""
        return cls({scale: prepared(scaled(policy, scale), network) for scale in (1, THOUSAND)})


def decide(question: Question, judge: Judge, sums: Sums, kept: Kept) -> None:
    """Decide one group of products, keep the decisions and add to the sums."""
    ready = judge.by_scale[question.scale]
    found = plan(ready, question.problem)
    prove(question, ready, found, sums)
    by_product: dict[int, list[Decision]] = {product.product_id: [] for product in question.products}
    for decision in found.decisions:
        by_product[decision.product_id].append(decision)
    for product in question.products:
        keep(product, question, sorted(by_product[product.product_id], key=RANK), kept)
    add(question, found, sums)


def scaled(policy: Policy, scale: int) -> Policy:
    """The policy with its quotas, floors and tree counted as the group's quantities are."""
    if scale == 1:
        return policy
    quotas = tuple(replace(quota, units=None if quota.units is None else quota.units * scale) for quota in policy.quotas)
    tree = tuple(replace(node, units=node.units * scale) for node in policy.tree)
    floors = tuple(replace(floor, units=None if floor.units is None else floor.units * scale) for floor in policy.floors)
    return replace(policy, quotas=quotas, floors=floors, tree=tree)


def prove(question: Question, ready: Prepared, found: Plan, sums: Sums) -> None:
    """Note which invariants were checked and which do not hold: those of every group, and of the first ones a second time."""
    sums.checked.update(found.checked)
    sums.broken.update(found.broken)
    if sums.proved < GROUPS_PROVED:
        sums.proved += 1
        sums.checked.update(REPLAYED)
        sums.broken.update(replayed(ready, question.problem, found))


def keep(product: Gathered, question: Question, ranked: Sequence[Decision], kept: Kept) -> None:
    """Keep the decisions about one product as arrays in the order of rank."""
    places = [
        (number, question.levels[product.product_id, share.warehouse_id, share.lot_id], share.units)
        for number, decision in enumerate(ranked)
        for share in decision.shares
    ]
    written: Mapping[str, Any] = {
        "product_ids": product.product_id,
        "versions": product.version.hex(),
        "scales": question.scale,
        "line_ids": array([row.line_id for row in ranked]),
        "wanted": array([row.wanted for row in ranked]),
        "had": array([row.confirmed for row in ranked]),
        "given": array([row.given for row in ranked]),
        "segments": array([row.segment for row in ranked]),
        "reasons": array([row.reason.value for row in ranked]),
        "fact_counts": array([len(row.facts) for row in ranked]),
        "facts": array([fact for row in ranked for fact in row.facts]),
        "place_lines": array([place[0] for place in places]),
        "place_levels": array([place[1] for place in places]),
        "place_units": array([place[2] for place in places]),
    }
    for name, value in written.items():
        kept.columns[name].append(value)
    kept.lines += len(ranked)


def array(numbers: Sequence[int]) -> str:
    """Numbers as the text of an array."""
    return f"{{{','.join(map(str, numbers))}}}"


def add(question: Question, found: Plan, sums: Sums) -> None:
    """Add a decided group to the sums of the run."""
    sums.products += len(question.products)
    sums.lines += len(found.decisions)
    changes = [decision.given - decision.confirmed for decision in found.decisions]
    sums.gaining += sum(change > 0 for change in changes)
    sums.losing += sum(change < 0 for change in changes)
    sums.gained += Decimal(sum(change for change in changes if change > 0)) / question.scale
    sums.lost += Decimal(-sum(change for change in changes if change < 0)) / question.scale
    sums.inputs ^= int.from_bytes(found.input_hash)
    sums.outputs ^= int.from_bytes(found.output_hash[:HASH_BYTES])
    sums.breached += len(found.breaches)
    room = BREACHES_KEPT - len(sums.breaches)
    sums.breaches += [
        {
            "line_id": breach.line_id,
            "product_id": breach.product_id,
            "promised": str(Decimal(breach.promised) / question.scale),
            "given": str(Decimal(breach.given) / question.scale),
        }
        for breach in found.breaches[:room]
    ]
