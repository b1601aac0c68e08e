"""Stock counted: a sheet, what was found, and stock corrected by what differs."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from dinghuo.journey.allocation import errors
from dinghuo.journey.allocation.models import CountState, StockCount
from dinghuo.journey.allocation.operations.adjustments import Decided, write_adjustments
from dinghuo.journey.allocation.operations.documents import Header, lock_series, next_number
from dinghuo.journey.allocation.rules.keeping import Counted
from dinghuo.journey.allocation.rules.stock import Adjustment, Level, changes, is_quantity
from dinghuo.kernel import journal, sql, states
from dinghuo.kernel.errors import DONE, Malformed, Missing, Outcome, Refused
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act


@dataclass(frozen=True, slots=True)
class _Id:
    id: int


@dataclass(frozen=True, slots=True)
class _Opened:
    count_id: int
    lines: int


@dataclass(frozen=True, slots=True)
class _Count:
    id: int
    number: str
    state: str
    warehouse_id: int


@dataclass(frozen=True, slots=True)
class _Entry:
    place: int
    code: str
    line_id: int | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What a count found of one level, in stock units, and what keeps it from being posted; `expected` is what the books said."""

    line_id: int
    code: str
    product: str
    lot: str | None
    warehouse_id: int
    product_id: int
    lot_id: int | None
    stock_level_id: int
    expected: Decimal
    counted: Decimal | None
    on_hand: Decimal
    allocated: Decimal
    cost_amount: Decimal
    standard_cost: Decimal
    minor_units: int
    rounding: str


@dataclass(frozen=True, slots=True)
class CountDraft:
    """What to count: a warehouse, one zone of it, or some products there. A blind sheet does not show what is expected."""

    warehouse_id: int
    zone: str = ""
    product_ids: Sequence[int] | None = None
    is_blind: bool = True
    reason: str = ""


@transaction.atomic
def open_count(*, act: Act, draft: CountDraft) -> Outcome:
    """Make a sheet of what lies in a warehouse and freeze it: what is on it is not received, moved or corrected meanwhile.

    Goods for customers still leave; a level that one left is counted again. Facts: number and lines. Raises Malformed
    `unknown_warehouse`, Refused `nothing_to_count` (nothing there, or all of it on another sheet). Rule: docs/rules/stock.md.
    """
    number = next_number(act, "SC")
    known = sql.rows("allocation/known_warehouse", _Id, company_id=act.company_id, warehouse_id=draft.warehouse_id)
    if not known:
        raise Malformed("There is no such warehouse.", code=errors.UNKNOWN_WAREHOUSE)
    wanted = {
        "warehouse_id": draft.warehouse_id,
        "zone": draft.zone,
        "product_ids": None if draft.product_ids is None else list(draft.product_ids),
    }
    levels = sql.rows("allocation/levels_to_count", _Id, company_id=act.company_id, **wanted)

    opened = sql.rows(
        "allocation/open_count",
        _Opened,
        company_id=act.company_id,
        at=act.at,
        actor_id=act.actor_id,
        number=number,
        warehouse_id=draft.warehouse_id,
        zone=draft.zone,
        is_blind=draft.is_blind,
        reason=draft.reason,
        stock_level_ids=[level.id for level in levels],
    )
    if not opened:
        raise Refused("There is nothing to count.", code=errors.NOTHING_TO_COUNT, zone=draft.zone)

    facts = {"number": number, "lines": opened[0].lines, "zone": draft.zone}
    journal.record(act, "CountOpened", "stock_count", [Happened(opened[0].count_id, facts=facts)])
    return Outcome(opened[0].count_id, document_id=opened[0].count_id, facts=facts)


@transaction.atomic
def record_count(*, act: Act, count_id: int, entries: Sequence[Counted]) -> list[Outcome]:
    """Write down what was counted; counting something again replaces what was found, from what the books say by then.

    One outcome per entry, by its place, with the sheet's line. Goods that the sheet does not have are added. Refused: malformed,
    unknown_product, unknown_lot, lot_missing. Raises Missing, Refused `not_counting`.
    """
    count = _lock(act, count_id)
    wrong = [
        Outcome(place, Malformed.code, facts={"columns": ["quantity"]})
        for place, entry in enumerate(entries)
        if not is_quantity(entry.quantity) or entry.quantity < 0
    ]
    out = {outcome.id for outcome in wrong}
    good = [place for place in range(len(entries)) if place not in out]
    chosen = [entries[place] for place in good]
    goods = {"product_ids": [entry.product_id for entry in chosen], "lot_ids": [entry.lot_id for entry in chosen]}
    here = [count.warehouse_id] * len(chosen)
    sql.execute("allocation/make_levels", company_id=act.company_id, warehouse_ids=here, **goods)
    named = {"warehouse_ids": here, "product_ids": goods["product_ids"]}
    sql.rows("allocation/lock_levels_of_adjustments", _Id, company_id=act.company_id, **named)

    written = sql.rows(
        "allocation/record_counted",
        _Entry,
        company_id=act.company_id,
        at=act.at,
        actor_id=act.actor_id,
        count_id=count_id,
        warehouse_id=count.warehouse_id,
        places=good,
        quantities=[entry.quantity for entry in chosen],
        **goods,
    )

    done = [row for row in written if row.code == DONE]
    facts = {"number": count.number, "lines": len(done)}
    journal.record(act, "StockCounted", "stock_count", [Happened(count_id, facts=facts)] if done else [])
    outcomes = [Outcome(row.place, row.code, row.line_id) for row in written]
    return sorted([*wrong, *outcomes], key=lambda outcome: outcome.id)


@transaction.atomic
def post_count(*, act: Act, count_id: int, reason: str) -> list[Outcome]:
    """Correct stock by what a count found and end the freeze: all lines or none; who posts is who approves.

    One outcome per line of the sheet with the document; none is made when nothing differs. Refused, each line by itself, and then
    nothing is posted: not_all_counted, moved_while_counted (count it again), not_enough_free_stock (facts: allocated, counted; what
    is promised has to be given back first). Raises Missing, Refused `not_counting`, and Refused `counted_by_you` for whoever wrote
    down anything that stands on the sheet, whatever his rights. Rule: docs/rules/stock.md.
    """
    count = _lock(act, count_id)
    if sql.rows("allocation/counted_by", _Id, company_id=act.company_id, count_id=count_id, actor_id=act.actor_id):
        raise Refused("Who counted does not post what he found.", code=errors.COUNTED_BY_YOU, number=count.number)
    sql.rows("allocation/lock_counted_levels", _Id, company_id=act.company_id, count_id=count_id)
    found = sql.rows("allocation/differences_of_count", Difference, company_id=act.company_id, count_id=count_id)

    if any(row.code != DONE for row in found):
        return [Outcome(row.line_id, row.code, facts=_why(row)) for row in found if row.code != DONE]

    decided = [_decided(place, row) for place, row in enumerate(found) if row.counted != row.on_hand]

    header = Header(reason)
    number = next_number(act, "AD")
    document_id = write_adjustments(act, number, header, decided, [None] * len(decided)) if decided else None
    also = {"ended_at": act.at, "approved_by_id": act.actor_id, "document_id": document_id, "reason": reason}
    states.move(StockCount, company_id=act.company_id, ids=[count_id], to=CountState.POSTED, also=also)

    units = sum((each.change.quantity for each in decided), start=Decimal(0))
    cost = sum((each.change.cost_amount for each in decided), start=Decimal(0))
    facts = {"number": count.number, "reason": reason, "lines": len(decided), "quantity": units, "cost": cost}
    journal.record(act, "CountPosted", "stock_count", [Happened(count_id, facts=facts)])
    if document_id is not None:
        adjusted = {**facts, "number": number, "count": count.number}
        journal.record(act, "StockAdjusted", "stock_document", [Happened(document_id, facts=adjusted)])
    return [Outcome(row.line_id, document_id=document_id) for row in found]


@transaction.atomic
def cancel_count(*, act: Act, count_id: int, reason: str) -> Outcome:
    """Give a count up: stock stays as the books have it and moves again. Raises Missing, Refused `not_counting`."""
    count = _lock(act, count_id)
    also = {"ended_at": act.at, "reason": reason}
    states.move(StockCount, company_id=act.company_id, ids=[count_id], to=CountState.CANCELLED, also=also)
    facts = {"number": count.number, "reason": reason}
    journal.record(act, "CountCancelled", "stock_count", [Happened(count_id, facts=facts)])
    return Outcome(count_id)


def _lock(act: Act, count_id: int) -> _Count:
    # The series is what keeps receipts, transfers and corrections out, and it comes before the levels.
    lock_series(act)
    found = sql.rows("allocation/lock_count", _Count, company_id=act.company_id, count_id=count_id)
    if not found:
        raise Missing("There is no such count.", id=count_id)
    if found[0].state != CountState.OPEN:
        raise Refused("The count is not open any more.", code=errors.NOT_COUNTING, number=found[0].number, state=found[0].state)
    return found[0]


def _why(row: Difference) -> dict[str, object]:
    facts: dict[str, object] = {"product": row.product, "lot": row.lot}
    if row.code == errors.NOT_ENOUGH_FREE_STOCK:
        facts |= {"allocated": row.allocated, "counted": row.counted, "free": row.on_hand - row.allocated}
    return facts


def _decided(place: int, row: Difference) -> Decided:
    """The correction that brings a level to what was counted, at its average cost."""
    level = Level(row.on_hand, row.allocated, row.cost_amount, row.standard_cost)
    assert row.counted is not None
    asked = Adjustment(row.warehouse_id, row.product_id, row.counted - row.on_hand, row.lot_id)
    (change,) = changes(level, [asked], minor_units=row.minor_units, rounding=row.rounding)
    return Decided(place, row.stock_level_id, change)
