"""News of goods on their way: what slips moves the promises that count on it, and the customers are told."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from dinghuo.journey.allocation import errors
from dinghuo.journey.allocation.operations.promises import close_promises, keep_promises, lock_promises
from dinghuo.journey.allocation.rules.keeping import SupplyChange
from dinghuo.journey.allocation.rules.stock import is_quantity
from dinghuo.kernel import journal, sql
from dinghuo.kernel.errors import DONE, Malformed, Missing, Outcome
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act


@dataclass(frozen=True, slots=True)
class _Id:
    id: int


@dataclass(frozen=True, slots=True)
class _Supply:
    id: int
    product_id: int
    reference: str
    quantity: Decimal
    received: Decimal
    expected_on: date
    is_of_transfer: bool


@dataclass(frozen=True, slots=True)
class _Pegged:
    line_id: int
    latest_on: date


@dataclass(frozen=True, slots=True)
class _Waiting:
    line_id: int
    pegged: Decimal
    wanted: Decimal
    latest_on: date | None


@dataclass(frozen=True, slots=True)
class _Standing:
    line_id: int
    product_id: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A line whose promised day moved; none stands for no day known."""

    line_id: int
    order_id: int
    promised_before: date | None
    promised_on: date | None


@transaction.atomic
def change_supplies(*, act: Act, changes: Sequence[SupplyChange], reason: str = "") -> list[Outcome]:
    """Write down that goods come later, earlier, more or fewer; promises that count on them move, and are told.

    One outcome per change, by the supply; facts: lines (promises moved, of all changes). Refused: not_found, malformed,
    dated_in_past, less_than_received (facts: received), of_a_transfer (its quantity is what was sent), nothing_changed.
    Rule: docs/rules/stock.md.
    """
    asked = {change.inbound_id: change for change in changes}
    found = sql.rows("allocation/lock_supplies", _Supply, company_id=act.company_id, inbound_ids=list(asked))
    outcomes = [Outcome(key, Missing.code) for key in sorted(asked.keys() - {supply.id for supply in found})]
    judged = [(supply, asked[supply.id], _refusal(act, supply, asked[supply.id])) for supply in found]
    outcomes += [refusal for _, _, refusal in judged if refusal is not None]
    good = [(supply, change) for supply, change, refusal in judged if refusal is None]
    products = sorted({supply.product_id for supply, _ in good})
    lock_promises(act, products)
    ids = [supply.id for supply, _ in good]
    before = lines_that_count_on(act, ids)

    _write(act, good)
    moved = follow_supplies(act, products, before)

    journal.record(act, "SupplyChanged", "inbound_supply", [_happened(supply, change, reason) for supply, change in good])
    record_moved(act, moved, reason)
    return outcomes + [Outcome(key, DONE, facts={"lines": len(moved)}) for key in ids]


@transaction.atomic
def peg_backorders(*, act: Act, product_ids: Sequence[int] | None = None) -> list[Outcome]:
    """Let waiting lines count on what is expected, the best rank on what comes first: of products named, or where it is not so.

    One outcome per line whose promised day moved by that; its document is the order. Rule: docs/rules/stock.md.
    """
    if product_ids is None:
        products = [row.id for row in sql.rows("allocation/products_to_peg", _Id, company_id=act.company_id)]
    else:
        products = sorted(set(product_ids))
    if not products:
        return []
    lock_promises(act, products)
    moved = follow_supplies(act, products, {})
    record_moved(act, moved, "")
    return [Outcome(row.line_id, DONE, row.order_id, {"promised_on": row.promised_on}) for row in moved]


def record_moved(act: Act, moved: Sequence[Moved], reason: str) -> None:
    """Record for each order, once, that days of its lines moved; a first day is no move."""
    orders: dict[int, list[Moved]] = defaultdict(list)
    for row in moved:
        if row.promised_before is not None:
            orders[row.order_id].append(row)
    events = []
    for order_id, rows in orders.items():
        days = [row.promised_on for row in rows if row.promised_on is not None]
        facts = {
            "lines": len(rows),
            "promised_before": max(row.promised_before for row in rows if row.promised_before is not None),
            "promised_on": max(days) if len(days) == len(rows) else None,
            "reason": reason,
        }
        events.append(Happened(order_id, order_id, facts))
    journal.record(act, "PromiseMoved", "sales_order", events)


def _refusal(act: Act, supply: _Supply, change: SupplyChange) -> Outcome | None:
    quantity = supply.quantity if change.quantity is None else change.quantity
    expected_on = change.expected_on or supply.expected_on
    if not is_quantity(quantity) or quantity < 0:
        return Outcome(supply.id, Malformed.code, facts={"columns": ["quantity"]})
    if supply.is_of_transfer and quantity != supply.quantity:
        return Outcome(supply.id, errors.OF_A_TRANSFER)
    if quantity < supply.received:
        return Outcome(supply.id, errors.LESS_THAN_RECEIVED, facts={"received": supply.received})
    if expected_on != supply.expected_on and expected_on < act.on:
        return Outcome(supply.id, errors.DATED_IN_PAST, facts={"expected_on": expected_on, "today": act.on})
    if (expected_on, quantity) == (supply.expected_on, supply.quantity):
        return Outcome(supply.id, errors.NOTHING_CHANGED)
    return None


def _happened(supply: _Supply, change: SupplyChange, reason: str) -> Happened:
    facts = {
        "reference": supply.reference,
        "expected_before": supply.expected_on,
        "expected_on": change.expected_on or supply.expected_on,
        "quantity_before": supply.quantity,
        "quantity": supply.quantity if change.quantity is None else change.quantity,
        "reason": reason,
    }
    return Happened(supply.id, facts=facts)


def _write(act: Act, changes: Sequence[tuple[_Supply, SupplyChange]]) -> None:
    sql.execute(
        "allocation/write_supply_changes",
        company_id=act.company_id,
        inbound_ids=[supply.id for supply, _ in changes],
        expected_on=[change.expected_on or supply.expected_on for supply, change in changes],
        quantities=[supply.quantity if change.quantity is None else change.quantity for supply, change in changes],
    )


def lines_that_count_on(act: Act, inbound_ids: Sequence[int]) -> dict[int, date]:
    """The lines that are pegged to some supplies, with the last day that each counts on."""
    found = sql.rows("allocation/lines_pegged", _Pegged, company_id=act.company_id, inbound_ids=list(inbound_ids))
    return {row.line_id: row.latest_on for row in found}


def follow_supplies(act: Act, products: Sequence[int], latest_before: dict[int, date]) -> list[Moved]:
    """Peg anew, move the promises of lines that counted on something else, and those that nothing fills any more.

    The products must be locked for promises; `latest_before` is what lines counted on before their supplies changed.
    """
    close_promises(act, products)
    waiting = sql.rows("allocation/peg_supplies", _Waiting, company_id=act.company_id, product_ids=list(products))
    followed = [row for row in waiting if row.line_id in latest_before or row.pegged >= row.wanted]
    lines = [row.line_id for row in followed]
    moved = sql.rows(
        "allocation/move_promises",
        Moved,
        company_id=act.company_id,
        at=act.at,
        today=act.on,
        line_ids=lines,
        # A line that counted on nothing before keeps a day that it has.
        latest_before=[latest_before.get(row.line_id, row.latest_on) for row in followed],
        latest_now=[row.latest_on if row.pegged >= row.wanted else None for row in followed],
    )
    standing = sql.rows("allocation/promises_standing", _Standing, company_id=act.company_id, product_ids=list(products))
    checked = keep_promises(act, [row.line_id for row in standing])
    late = [row for row in checked if row.promised_on != row.promised_before]
    return moved + [Moved(row.line_id, row.order_id, row.promised_before, row.promised_on) for row in late]
