"""Goods that go from one warehouse to another: sent, in transit, arrived."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from dinghuo.journey.allocation import errors
from dinghuo.journey.allocation.models import StockTransfer, TransferState
from dinghuo.journey.allocation.operations.adjustments import Decided, decided, in_order, locked, malformed, refusals
from dinghuo.journey.allocation.operations.documents import next_number
from dinghuo.journey.allocation.rules.keeping import TRANSIT_CODE, TransferDraft
from dinghuo.journey.allocation.rules.stock import Adjustment, is_quantity
from dinghuo.kernel import journal, sql, states
from dinghuo.kernel.errors import DONE, Malformed, Missing, Outcome
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act


@dataclass(frozen=True, slots=True)
class _Id:
    id: int


@dataclass(frozen=True, slots=True)
class _Sent:
    transfer_id: int
    document_id: int


@dataclass(frozen=True, slots=True)
class _Waiting:
    position: int
    line_id: int
    number: str
    to_warehouse_id: int
    transit_id: int
    product_id: int
    lot_id: int | None
    missing: Decimal
    count_number: str | None


@dataclass(frozen=True, slots=True)
class _Levels:
    place: int
    to_level_id: int | None
    transit_level_id: int | None
    free: Decimal


@dataclass(frozen=True, slots=True)
class _Arrived:
    document_id: int


@transaction.atomic
def send_transfer(*, act: Act, draft: TransferDraft) -> list[Outcome]:
    """Send free stock to another warehouse; until it arrives it lies in transit, keeps its cost, and is expected there.

    One outcome per line, by its place, with the transfer. Quantities are in stock units. Refused: malformed, same_warehouse,
    dated_in_past (facts: expected_on), unknown_warehouse, unknown_product, unknown_lot, being_counted, not_enough_free_stock
    (facts: free). Rule: docs/rules/stock.md.
    """
    refusal = _refusal(act, draft)
    if refusal is not None:
        return [Outcome(place, refusal.code, facts=refusal.facts) for place in range(len(draft.lines))]
    taken = [Adjustment(draft.from_warehouse_id, line.product_id, -line.quantity, line.lot_id) for line in draft.lines]
    outcomes, good = malformed(taken)
    if not good:
        return outcomes

    number = next_number(act, "TR")
    code = {"code": TRANSIT_CODE, "warehouse_id": draft.to_warehouse_id}
    places = sql.rows("allocation/transit_place", _Id, company_id=act.company_id, **code)
    known = sql.rows("allocation/known_warehouse", _Id, company_id=act.company_id, warehouse_id=draft.to_warehouse_id)
    if not places or not known:
        return in_order([*outcomes, *(Outcome(place, errors.UNKNOWN_WAREHOUSE) for place in good)])
    transit = [Adjustment(places[0].id, taken[place].product_id, -taken[place].quantity, taken[place].lot_id) for place in good]
    # Both ends in one call, so that all levels are locked in the one order that everybody keeps.
    named = locked(act, [*taken, *transit], [*good, *range(len(taken), len(taken) + len(transit))])
    leaving = [row for row in named if row.place < len(taken)]

    outcomes += refusals(leaving)
    found = decided([row for row in leaving if row.code == DONE], taken)
    outcomes += [
        Outcome(each.place, each.change.code, facts={"free": each.change.free}) for each in found if each.change.code != DONE
    ]
    accepted = [each for each in found if each.change.code == DONE]
    if not accepted:
        return in_order(outcomes)

    sent = _send(act, draft, number, places[0].id, accepted)

    facts = {"number": number, "lines": len(accepted), "quantity": -sum(each.change.quantity for each in accepted)}
    journal.record(act, "TransferSent", "stock_transfer", [Happened(sent.transfer_id, facts=facts)])
    return in_order([*outcomes, *(Outcome(each.place, DONE, sent.transfer_id) for each in accepted)])


@transaction.atomic
def receive_transfer(*, act: Act, transfer_id: int, arrived: Mapping[int, Decimal] | None = None) -> list[Outcome]:
    """Take what arrived of a transfer into the warehouse it was sent to: quantities by position, or all that is in transit.

    One outcome per position with the document. Refused: not_found, malformed, being_counted, more_than_sent (facts: due),
    not_in_transit (it was written off on its way; facts: free), nothing_expected.
    """
    number = next_number(act, "TR")
    lines = sql.rows("allocation/lines_in_transit", _Waiting, company_id=act.company_id, transfer_id=transfer_id)
    if not lines:
        return [Outcome(transfer_id, Missing.code)]
    levels = _lock_ends(act, lines)

    asked = {line.position: line.missing for line in lines if line.missing} if arrived is None else dict(arrived)
    by_position = {line.position: (line, level) for line, level in zip(lines, levels, strict=True)}
    outcomes = [_may_arrive(position, quantity, *by_position.get(position, (None, None))) for position, quantity in asked.items()]
    if not asked:
        return [Outcome(transfer_id, errors.NOTHING_EXPECTED)]
    coming = [outcome.id for outcome in outcomes if outcome.done]
    if not coming:
        return outcomes

    document_id = _arrive(act, number, lines[0], [(*by_position[position], asked[position]) for position in coming])
    if all(line.missing == (asked[line.position] if line.position in coming else 0) for line in lines):
        states.move(
            StockTransfer,
            company_id=act.company_id,
            ids=[transfer_id],
            to=TransferState.ARRIVED,
            also={"arrived_at": act.at},
        )

    facts = {"number": lines[0].number, "lines": len(coming), "quantity": sum(asked[position] for position in coming)}
    journal.record(act, "TransferArrived", "stock_transfer", [Happened(transfer_id, facts=facts)])
    return [Outcome(outcome.id, DONE, document_id) if outcome.done else outcome for outcome in outcomes]


def _refusal(act: Act, draft: TransferDraft) -> Outcome | None:
    if draft.from_warehouse_id == draft.to_warehouse_id:
        return Outcome(0, errors.SAME_WAREHOUSE)
    if draft.expected_on < act.on:
        return Outcome(0, errors.DATED_IN_PAST, facts={"expected_on": draft.expected_on, "today": act.on})
    return None


def _send(act: Act, draft: TransferDraft, number: str, transit_id: int, accepted: list[Decided]) -> _Sent:
    lines = [draft.lines[each.place] for each in accepted]
    (sent,) = sql.rows(
        "allocation/write_transfer",
        _Sent,
        company_id=act.company_id,
        at=act.at,
        today=act.on,
        actor_id=act.actor_id,
        number=number,
        from_id=draft.from_warehouse_id,
        to_id=draft.to_warehouse_id,
        transit_id=transit_id,
        expected_on=draft.expected_on,
        reason=draft.reason,
        stock_level_ids=[each.stock_level_id for each in accepted],
        product_ids=[line.product_id for line in lines],
        lot_ids=[line.lot_id for line in lines],
        quantities=[line.quantity for line in lines],
        cost_amounts=[-each.change.cost_amount for each in accepted],
    )
    return sent


def _lock_ends(act: Act, lines: Sequence[_Waiting]) -> list[_Levels]:
    """Lock the levels that a transfer's goods leave and enter; where it enters is made when it is not there."""
    first = lines[0]
    product_ids, lot_ids = [line.product_id for line in lines], [line.lot_id for line in lines]
    arriving = {"warehouse_ids": [first.to_warehouse_id] * len(lines), "product_ids": product_ids}
    sql.execute("allocation/make_levels", company_id=act.company_id, lot_ids=lot_ids, **arriving)
    both = {
        "warehouse_ids": [*arriving["warehouse_ids"], *([first.transit_id] * len(lines))],
        "product_ids": product_ids * 2,
    }
    sql.rows("allocation/lock_levels_of_adjustments", _Id, company_id=act.company_id, **both)
    ends = {"transit_id": first.transit_id, "to_id": first.to_warehouse_id, "product_ids": product_ids, "lot_ids": lot_ids}
    return sql.rows("allocation/levels_of_arrival", _Levels, company_id=act.company_id, **ends)


def _may_arrive(position: int, quantity: Decimal, line: _Waiting | None, level: _Levels | None) -> Outcome:
    if line is None or level is None:
        return Outcome(position, Missing.code)
    if not is_quantity(quantity) or quantity <= 0:
        return Outcome(position, Malformed.code, facts={"columns": ["quantity"]})
    if line.count_number is not None:
        return Outcome(position, errors.BEING_COUNTED, facts={"count": line.count_number})
    if quantity > line.missing:
        return Outcome(position, errors.MORE_THAN_SENT, facts={"due": line.missing})
    if quantity > level.free:
        return Outcome(position, errors.NOT_IN_TRANSIT, facts={"free": level.free})
    return Outcome(position)


def _arrive(act: Act, number: str, transfer: _Waiting, coming: Sequence[tuple[_Waiting, _Levels, Decimal]]) -> int:
    (written,) = sql.rows(
        "allocation/write_arrival",
        _Arrived,
        company_id=act.company_id,
        at=act.at,
        today=act.on,
        actor_id=act.actor_id,
        number=number,
        reason=transfer.number,
        line_ids=[line.line_id for line, _, _ in coming],
        quantities=[quantity for _, _, quantity in coming],
        to_level_ids=[level.to_level_id for _, level, _ in coming],
        transit_level_ids=[level.transit_level_id for _, level, _ in coming],
    )
    return written.document_id
