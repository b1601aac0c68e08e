"""Goods set aside until somebody has decided about them: nobody is given them meanwhile."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from dinghuo.journey.allocation import errors
from dinghuo.journey.allocation.models import Quarantine, QuarantineState
from dinghuo.journey.allocation.operations.adjustments import Decided, locked, malformed, refusals, write_adjustments
from dinghuo.journey.allocation.operations.documents import Header, lock_series, next_number
from dinghuo.journey.allocation.rules.stock import Adjustment, Level, changes
from dinghuo.kernel import journal, sql, states
from dinghuo.kernel.errors import DONE, Malformed, Outcome, missing
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act


@dataclass(frozen=True, slots=True)
class _Id:
    id: int


@dataclass(frozen=True, slots=True)
class _SetAside:
    id: int
    state: str
    quantity: Decimal
    stock_level_id: int
    warehouse_id: int
    product_id: int
    lot_id: int | None
    on_hand: Decimal
    allocated: Decimal
    cost_amount: Decimal
    standard_cost: Decimal
    minor_units: int
    rounding: str
    count_number: str | None


@transaction.atomic
def set_aside(*, act: Act, goods: Sequence[Adjustment], reason: str) -> list[Outcome]:
    """Set free stock aside: it stays on hand and in the books, and nobody is given it.

    One outcome per item, by its place, with the quarantine. Quantities are positive, in stock units; those of one level count one
    after the other. Refused: malformed, unknown_warehouse, unknown_product, unknown_lot, being_counted, not_enough_free_stock
    (facts: free). Rule: docs/rules/stock.md.
    """
    wanted = [Adjustment(item.warehouse_id, item.product_id, -abs(item.quantity), item.lot_id) for item in goods]
    outcomes, good = malformed(wanted)
    outcomes += [Outcome(place, Malformed.code, facts={"columns": ["quantity"]}) for place in good if goods[place].quantity < 0]
    good = [place for place in good if goods[place].quantity > 0]
    named = locked(act, wanted, good)

    outcomes += refusals(named)
    free: dict[int | None, Decimal] = {row.stock_level_id: row.on_hand - row.allocated for row in named}
    taken = []
    for row in named:
        if row.code != DONE:
            continue
        quantity = goods[row.place].quantity
        if quantity > free[row.stock_level_id]:
            outcomes.append(Outcome(row.place, errors.NOT_ENOUGH_FREE_STOCK, facts={"free": free[row.stock_level_id]}))
            continue
        free[row.stock_level_id] -= quantity
        taken.append((row.place, row.stock_level_id, quantity))

    written = sql.rows(
        "allocation/write_quarantine",
        _Id,
        company_id=act.company_id,
        at=act.at,
        actor_id=act.actor_id,
        reason=reason,
        stock_level_ids=[level_id for _, level_id, _ in taken],
        quantities=[quantity for _, _, quantity in taken],
    )

    made = list(zip(taken, written, strict=True))
    events = [Happened(row.id, facts={"quantity": quantity, "reason": reason}) for (_, _, quantity), row in made]
    journal.record(act, "StockSetAside", "quarantine", events)
    outcomes += [Outcome(place, DONE, row.id) for (place, _, _), row in made]
    return sorted(outcomes, key=lambda outcome: outcome.id)


@transaction.atomic
def release_quarantine(*, act: Act, quarantine_ids: Sequence[int], reason: str) -> list[Outcome]:
    """Find goods that were set aside to be good: they are free stock again. Refused: not_found, not_set_aside (facts: state)."""
    lock_series(act)
    outcomes, open_rows = _locked(act, quarantine_ids)

    _free(act, open_rows)
    ended = {"ended_at": act.at, "ended_by_id": act.actor_id, "end_reason": reason}
    ids = [row.id for row in open_rows]
    states.move(Quarantine, company_id=act.company_id, ids=ids, to=QuarantineState.RELEASED, also=ended)

    events = [Happened(row.id, facts={"quantity": row.quantity, "reason": reason}) for row in open_rows]
    journal.record(act, "QuarantineReleased", "quarantine", events)
    return outcomes + [Outcome(row.id) for row in open_rows]


@transaction.atomic
def scrap_quarantine(*, act: Act, quarantine_ids: Sequence[int], reason: str) -> list[Outcome]:
    """Write goods off that were set aside, at their share of the level's cost, on one correction.

    One outcome per quarantine with the document. Refused: not_found, not_set_aside (facts: state), being_counted.
    """
    number = next_number(act, "AD")
    outcomes, open_rows = _locked(act, quarantine_ids)

    outcomes += [Outcome(row.id, errors.BEING_COUNTED, facts={"count": row.count_number}) for row in open_rows if row.count_number]
    scrapped = [row for row in open_rows if row.count_number is None]
    if not scrapped:
        return outcomes
    decided = _decided(scrapped)

    _free(act, scrapped)
    document_id = write_adjustments(act, number, Header(reason), decided, [None] * len(decided))
    also = {"ended_at": act.at, "ended_by_id": act.actor_id, "end_reason": reason, "document_id": document_id}
    ids = [row.id for row in scrapped]
    states.move(Quarantine, company_id=act.company_id, ids=ids, to=QuarantineState.SCRAPPED, also=also)

    events = [Happened(row.id, facts={"quantity": row.quantity, "reason": reason}) for row in scrapped]
    journal.record(act, "QuarantineScrapped", "quarantine", events)
    facts = {
        "number": number,
        "reason": reason,
        "lines": len(decided),
        "quantity": sum(each.change.quantity for each in decided),
        "cost": sum(each.change.cost_amount for each in decided),
    }
    journal.record(act, "StockAdjusted", "stock_document", [Happened(document_id, facts=facts)])
    return outcomes + [Outcome(row.id, DONE, document_id) for row in scrapped]


def _locked(act: Act, quarantine_ids: Sequence[int]) -> tuple[list[Outcome], list[_SetAside]]:
    ids = {"quarantine_ids": list(quarantine_ids)}
    sql.rows("allocation/lock_levels_set_aside", _Id, company_id=act.company_id, **ids)
    found = sql.rows("allocation/lock_quarantine", _SetAside, company_id=act.company_id, **ids)
    outcomes = missing(quarantine_ids, (row.id for row in found))
    outcomes += [
        Outcome(row.id, errors.NOT_SET_ASIDE, facts={"state": row.state}) for row in found if row.state != QuarantineState.OPEN
    ]
    return outcomes, [row for row in found if row.state == QuarantineState.OPEN]


def _free(act: Act, rows: Sequence[_SetAside]) -> None:
    freed = {"stock_level_ids": [row.stock_level_id for row in rows], "quantities": [row.quantity for row in rows]}
    sql.execute("allocation/free_levels", company_id=act.company_id, **freed)


def _decided(rows: Sequence[_SetAside]) -> list[Decided]:
    """The corrections that write goods off, level by level, as if they were free already."""
    levels: dict[int, list[tuple[int, _SetAside]]] = defaultdict(list)
    for place, row in enumerate(rows):
        levels[row.stock_level_id].append((place, row))
    decided = []
    for placed in levels.values():
        first = placed[0][1]
        set_free = sum(row.quantity for _, row in placed)
        level = Level(first.on_hand, first.allocated - set_free, first.cost_amount, first.standard_cost)
        asked = [Adjustment(row.warehouse_id, row.product_id, -row.quantity, row.lot_id) for _, row in placed]
        found = changes(level, asked, minor_units=first.minor_units, rounding=first.rounding)
        decided += [Decided(place, row.stock_level_id, change) for (place, row), change in zip(placed, found, strict=True)]
    return decided
