"""Why a line has what it has: what the last run, or a past one, decided about it, and who its rivals were."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from dinghuo.journey.allocation.rules.problem import Decision, Reason, Share, Strategy
from dinghuo.journey.allocation.rules.why import Rival, why
from dinghuo.kernel import sql
from dinghuo.kernel.errors import Missing

# Facts that are no units: days, ids, shares and the like.
PLAIN_FACTS = frozenset(
    {
        "days_wanted",
        "lacking_line_id",
        "thousandths_wanted",
        "thousandths_filled",
        "deliveries",
        "days_held",
        "stopped_by_line_id",
        "broken_line_id",
        "worth",
        "worth_chosen",
        "sets_possible",
        "sets_wanted",
    }
)
DAY_FACTS = frozenset({"served_from", "held_until"})
RIVALS_TOLD = 5


@dataclass(frozen=True, slots=True)
class RivalLine:
    """Another line that wanted the same product, and what it got, in stock units."""

    order_number: str
    position: int
    customer: str
    customer_class: str
    wanted: Decimal
    given: Decimal


@dataclass(frozen=True, slots=True)
class PlaceGiven:
    """Units from one warehouse and lot."""

    warehouse: str
    lot: str | None
    expires_on: date | None
    units: Decimal


@dataclass(frozen=True, slots=True)
class Explanation:
    """What was decided about a line and why; `run_id` is null where no policy's run decided, `rank` 0 where nothing ranked it.

    `reason` is full when the line got all it wanted. Units are stock units; `ahead` are the first of those served before it.
    """

    line_id: int
    order_number: str
    position: int
    product: str
    ordered: Decimal
    allocated: Decimal
    shipped: Decimal
    run_id: int | None
    policy: str
    version: int
    is_posted: bool
    decided_at: datetime | None
    wanted: Decimal
    had: Decimal
    given: Decimal
    reason: str
    facts: Mapping[str, Any]
    strategy: str
    rank: int
    lines: int
    ahead: Sequence[RivalLine]
    ahead_units: Decimal
    behind_units: Decimal
    ranking: Sequence[str]
    lots: str
    warehouses: str
    places: Sequence[PlaceGiven]


@dataclass(frozen=True, slots=True)
class _AtHand:
    line_id: int
    order_id: int
    order_number: str
    position: int
    product: str
    unit: str
    ordered: Decimal
    allocated: Decimal
    shipped: Decimal
    wanted: Decimal | None
    given: Decimal | None
    reason: str | None
    facts: Mapping[str, Any] | None
    decided_at: datetime | None
    run_id: int | None
    policy: Mapping[str, Any] | None
    places: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class _InRun:
    run_id: int
    state: str
    policy_code: str
    policy_version: int
    asked_at: datetime
    definition: Mapping[str, Any]
    product_id: int
    scale: int
    place: int
    line_ids: list[int]
    wanted: list[int]
    had: list[int]
    given: list[int]
    segments: list[int]
    reasons: list[int]
    fact_counts: list[int]
    facts: list[int]
    place_lines: list[int]
    place_levels: list[int]
    place_units: list[int]


@dataclass(frozen=True, slots=True)
class _Named:
    id: int
    order_number: str
    position: int
    customer: str
    customer_class: str
    requested_on: date | None


@dataclass(frozen=True, slots=True)
class _Place:
    id: int
    warehouse: str
    lot: str | None
    expires_on: date | None


def explanation(*, company_id: int, line_id: int, run_id: int | None = None) -> Explanation:
    """Why a line has what it has: by the newest run that was posted, by a named one, or as it was served without one.

    Raises Missing for a line, or a run of it, that is not there.
    """
    found = sql.rows("allocation/line_at_hand", _AtHand, company_id=company_id, line_id=line_id)
    if not found:
        raise Missing("There is no such line.", id=line_id)
    runs = sql.rows("allocation/line_in_runs", _InRun, company_id=company_id, line_id=line_id, run_id=run_id, count=1)
    if run_id is not None and not runs:
        raise Missing("That run did not decide about the line.", id=run_id)
    line = found[0]
    by_policy = "policy_run" in (line.policy or {})
    if runs and (run_id is not None or by_policy or line.decided_at is None or runs[0].asked_at >= line.decided_at):
        return by_run(company_id, line, runs[0])
    return by_default(line)


def places_at_once(line: _AtHand) -> list[PlaceGiven]:
    """Where a line's units lie that were given to it at once."""
    return [
        PlaceGiven(
            place["warehouse"],
            place["lot"],
            date.fromisoformat(place["expires_on"]) if place["expires_on"] else None,
            Decimal(place["units"]),
        )
        for place in line.places
    ]


def by_default(line: _AtHand) -> Explanation:
    """The explanation of a line that was served, or not, at once by the default policy."""
    facts = line.facts or {}
    given = line.allocated - line.shipped if line.given is None else line.given
    is_full = line.reason is None or line.allocated >= line.ordered
    known = {"start": facts.get("free"), "taken_by_others": facts.get("others")}
    return Explanation(
        line_id=line.line_id,
        order_number=line.order_number,
        position=line.position,
        product=line.product,
        ordered=line.ordered,
        allocated=line.allocated,
        shipped=line.shipped,
        run_id=None,
        policy="",
        version=1,
        is_posted=True,
        decided_at=line.decided_at,
        wanted=line.ordered if is_full or line.wanted is None else line.wanted,
        had=Decimal(0),
        given=line.allocated if is_full else given,
        reason=("full" if line.allocated >= line.ordered else "waiting") if is_full else str(line.reason),
        facts={} if is_full else {name: fact for name, fact in known.items() if fact is not None},
        strategy="gain",
        rank=0,
        lines=0,
        ahead=[],
        ahead_units=Decimal(0),
        behind_units=Decimal(0),
        ranking=["priority", "customer_class", "entered"],
        lots="fefo",
        warehouses="own",
        places=places_at_once(line),
    )


def by_run(company_id: int, line: _AtHand, run: _InRun) -> Explanation:
    """The explanation of a line by what a run decided, its rivals among the lines of the same product."""
    facts = why(line.line_id, decisions(run), left=0, most_rivals=RIVALS_TOLD)
    placement = run.definition.get("placement", {})
    ranking = [by if isinstance(by, str) else by["key"] for by in run.definition.get("ranking", [])]
    return Explanation(
        line_id=line.line_id,
        order_number=line.order_number,
        position=line.position,
        product=line.product,
        ordered=line.ordered,
        allocated=line.allocated,
        shipped=line.shipped,
        run_id=run.run_id,
        policy=run.policy_code,
        version=run.policy_version,
        is_posted=run.state == "posted",
        decided_at=run.asked_at,
        wanted=units(facts.wanted, run),
        had=units(facts.confirmed, run),
        given=units(facts.given, run),
        reason=facts.reason.name.lower(),
        facts=dict(readable(facts.facts, run)),
        strategy=strategy_of(run, run.segments[run.place - 1]).name.lower(),
        rank=facts.rank,
        lines=facts.lines,
        ahead=rivals(company_id, facts.ahead, run),
        ahead_units=units(facts.ahead_units, run),
        behind_units=units(facts.behind_units, run),
        ranking=ranking or ["priority", "customer_class", "entered"],
        lots=placement.get("lots", "fefo"),
        warehouses=placement.get("warehouses", "own"),
        places=places_of(company_id, run),
    )


def decisions(run: _InRun) -> Iterator[Decision]:
    """What the run decided about the product, line by line, in the order of rank."""
    shares: dict[int, list[Share]] = {}
    for number, level, amount in zip(run.place_lines, run.place_levels, run.place_units, strict=True):
        shares.setdefault(number, []).append(Share(level, 0, amount))
    used = 0
    for number, line_id in enumerate(run.line_ids):
        facts = tuple(run.facts[used : used + run.fact_counts[number]])
        used += len(facts)
        yield Decision(
            line_id,
            run.product_id,
            run.wanted[number],
            run.had[number],
            run.given[number],
            number + 1,
            run.segments[number],
            strategy_of(run, run.segments[number]),
            Reason(run.reasons[number]),
            facts,
            tuple(shares.get(number, ())),
        )


def strategy_of(run: _InRun, segment: int) -> Strategy:
    """What the run might do to the lines of a segment."""
    segments = run.definition.get("segments", [])
    name = segments[segment]["strategy"] if segment < len(segments) else run.definition.get("otherwise", "gain")
    return Strategy[name.upper()]


def rivals(company_id: int, found: Sequence[Rival], run: _InRun) -> list[RivalLine]:
    """Rivals as people know them, in their order."""
    ids = [rival.line_id for rival in found]
    named = {row.id: row for row in sql.rows("allocation/lines_named", _Named, company_id=company_id, line_ids=ids)}
    return [
        RivalLine(
            named[rival.line_id].order_number,
            named[rival.line_id].position,
            named[rival.line_id].customer,
            named[rival.line_id].customer_class,
            units(rival.wanted, run),
            units(rival.given, run),
        )
        for rival in found
        if rival.line_id in named
    ]


def places_of(company_id: int, run: _InRun) -> list[PlaceGiven]:
    """Where the line's units come from."""
    mine = [
        (level, amount)
        for number, level, amount in zip(run.place_lines, run.place_levels, run.place_units, strict=True)
        if number == run.place - 1
    ]
    ids = [level for level, _ in mine]
    named = {row.id: row for row in sql.rows("allocation/places_named", _Place, company_id=company_id, level_ids=ids)}
    return [
        PlaceGiven(named[level].warehouse, named[level].lot, named[level].expires_on, units(amount, run))
        for level, amount in mine
        if level in named
    ]


def readable(facts: Mapping[str, int], run: _InRun) -> Iterator[tuple[str, Any]]:
    """The facts of a reason as people read them: units as stock units, days as days."""
    for name, fact in facts.items():
        if name in DAY_FACTS:
            yield name, date.fromordinal(fact).isoformat()
        elif name in PLAIN_FACTS:
            yield name, fact
        else:
            yield name, format(units(fact, run), "f")


def units(amount: int, run: _InRun) -> Decimal:
    """Counted units as stock units."""
    return Decimal(amount) / run.scale
