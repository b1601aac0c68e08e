"""The end of a transfer whose goods do not all arrive: they came back, or they are lost."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from dinghuo.journey.allocation import errors
from dinghuo.journey.allocation.models import StockTransfer, TransferState
from dinghuo.journey.allocation.operations.adjustments import Decided, Named, decided, locked, refusals
from dinghuo.journey.allocation.operations.documents import next_number
from dinghuo.journey.allocation.operations.promises import lock_promises
from dinghuo.journey.allocation.operations.supplies import follow_supplies, lines_that_count_on, record_moved
from dinghuo.journey.allocation.rules.stock import Adjustment
from dinghuo.kernel import journal, sql, states
from dinghuo.kernel.errors import DONE, Missing, Outcome
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act

RETURNED = "returned"
WRITTEN_OFF = "written_off"


@dataclass(frozen=True, slots=True)
class _Line:
    position: int
    line_id: int
    inbound_id: int
    number: str
    state: str
    from_warehouse_id: int
    transit_id: int
    product_id: int
    lot_id: int | None
    received: Decimal
    missing: Decimal
    missing_of_others: Decimal


@dataclass(frozen=True, slots=True)
class _Written:
    document_id: int


@transaction.atomic
def end_transfer(*, act: Act, transfer_id: int, rest: str, reason: str) -> list[Outcome]:
    """End a transfer: what is still on its way went back to where it was sent from (`returned`) or is lost (`written_off`).

    All lines or none; one outcome per position with the document. Of what was written off in transit before, nothing is written off
    again. A transfer of which nothing arrived and everything returned is cancelled, any other closed. Promises that counted on the
    goods move, as when a supply shrinks. Refused: not_found, nothing_expected, being_counted (facts: count),
    not_in_transit (facts: free; it cannot come back any more). Rule: docs/rules/stock.md.
    """
    number = next_number(act, "TR" if rest == RETURNED else "AD")
    lines = sql.rows("allocation/rest_of_transfer", _Line, company_id=act.company_id, transfer_id=transfer_id)
    if not lines:
        return [Outcome(transfer_id, Missing.code)]
    waiting = [line for line in lines if line.missing]
    if not waiting or lines[0].state != TransferState.SENT:
        return [Outcome(transfer_id, errors.NOTHING_EXPECTED)]
    products = sorted({line.product_id for line in waiting})
    lock_promises(act, products)
    before = lines_that_count_on(act, [line.inbound_id for line in waiting])
    taken, named = _lock_ends(act, waiting, rest)

    outcomes = [Outcome(waiting[each.id % len(waiting)].position, each.code, facts=each.facts) for each in refusals(named)]
    if outcomes:
        return outcomes

    leaving = [row for row in named if row.place < len(waiting)]
    gone = taken if rest == RETURNED else _lost(waiting, leaving)
    found = decided([row for row in leaving if gone[row.place].quantity], gone)
    outcomes = [
        Outcome(waiting[each.place].position, errors.NOT_IN_TRANSIT, facts={"free": each.change.free})
        for each in found
        if each.change.code != DONE
    ]
    if outcomes:
        return outcomes

    back = [row.stock_level_id for row in named[len(waiting) :]] or [None] * len(waiting)
    document_id = _write(act, (number, rest, reason), waiting, found, back)
    is_cancelled = rest == RETURNED and not any(line.received for line in lines)
    to = TransferState.CANCELLED if is_cancelled else TransferState.CLOSED
    also = {"ended_at": act.at, "end_reason": reason}
    states.move(StockTransfer, company_id=act.company_id, ids=[transfer_id], to=to, also=also)
    moved = follow_supplies(act, products, before)

    facts = {"number": lines[0].number, "lines": len(waiting), "quantity": sum(line.missing for line in waiting), "rest": rest}
    kind = "TransferCancelled" if is_cancelled else "TransferClosed"
    journal.record(act, kind, "stock_transfer", [Happened(transfer_id, facts={**facts, "reason": reason})])
    if rest == WRITTEN_OFF and document_id is not None:
        _record_written_off(act, document_id, number, reason, found)
    record_moved(act, moved, reason)
    return [Outcome(line.position, DONE, document_id) for line in waiting]


def _lock_ends(act: Act, waiting: Sequence[_Line], rest: str) -> tuple[list[Adjustment], list[Named]]:
    """Lock what the goods leave and, when they come back, what they enter, in the one order that everybody keeps."""
    taken = [Adjustment(line.transit_id, line.product_id, -line.missing, line.lot_id) for line in waiting]
    back = [Adjustment(line.from_warehouse_id, line.product_id, line.missing, line.lot_id) for line in waiting]
    both = [*taken, *back] if rest == RETURNED else taken
    return taken, locked(act, both, list(range(len(both))))


def _lost(waiting: Sequence[_Line], leaving: Sequence[Named]) -> list[Adjustment]:
    """What is written off line by line: what is missing, without what other transfers still have on their way."""
    used: dict[int | None, Decimal] = defaultdict(Decimal)
    lost = []
    for line, level in zip(waiting, leaving, strict=True):
        there = level.on_hand - level.allocated - line.missing_of_others - used[level.stock_level_id]
        quantity = max(min(line.missing, there), Decimal(0))
        used[level.stock_level_id] += quantity
        lost.append(Adjustment(line.transit_id, line.product_id, -quantity, line.lot_id))
    return lost


def _write(
    act: Act,
    document: tuple[str, str, str],
    waiting: Sequence[_Line],
    found: Sequence[Decided],
    back: Sequence[int | None],
) -> int | None:
    number, rest, reason = document
    by_place = {each.place: each for each in found}
    gone = [by_place.get(place) for place in range(len(waiting))]
    written = sql.rows(
        "allocation/write_transfer_end",
        _Written,
        company_id=act.company_id,
        at=act.at,
        today=act.on,
        actor_id=act.actor_id,
        kind="transfer" if rest == RETURNED else "adjustment",
        number=number,
        reason=reason,
        line_ids=[line.line_id for line in waiting],
        transit_level_ids=[each.stock_level_id if each else None for each in gone],
        back_level_ids=list(back),
        quantities=[-each.change.quantity if each else Decimal(0) for each in gone],
        cost_amounts=[-each.change.cost_amount if each else Decimal(0) for each in gone],
    )
    return written[0].document_id if written else None


def _record_written_off(act: Act, document_id: int, number: str, reason: str, found: Sequence[Decided]) -> None:
    facts = {
        "number": number,
        "reason": reason,
        "lines": len(found),
        "quantity": sum(each.change.quantity for each in found),
        "cost": sum(each.change.cost_amount for each in found),
    }
    journal.record(act, "StockAdjusted", "stock_document", [Happened(document_id, facts=facts)])
