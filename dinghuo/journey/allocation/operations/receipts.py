"""Goods expected and goods received."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db import transaction

from dinghuo.journey.allocation import errors
from dinghuo.journey.allocation.operations.documents import Header, first_document, next_number
from dinghuo.journey.allocation.rules import Receipt, Supply, wrong_columns
from dinghuo.kernel import journal, sql
from dinghuo.kernel.errors import DONE, Malformed, Outcome
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act


@dataclass(frozen=True, slots=True)
class _Expected:
    place: int
    code: str
    inbound_id: int | None


@dataclass(frozen=True, slots=True)
class _Checked:
    place: int
    code: str
    due: Decimal | None
    count_number: str | None
    counted_on: date | None


@dataclass(frozen=True, slots=True)
class _TakenIn:
    document_id: int
    lines: int
    quantity: Decimal
    cost_amount: Decimal


@dataclass(frozen=True, slots=True)
class _Due:
    id: int
    warehouse_id: int
    product_id: int
    due: Decimal
    unit_cost: Decimal
    is_generated: bool


@transaction.atomic
def expect_supply(*, act: Act, supplies: Sequence[Supply]) -> list[Outcome]:
    """Write down goods that are on their way in; stock does not change until they are received.

    One outcome per supply, by its place in the sequence, with the inbound supply made. Quantities are in stock units. Refused:
    malformed (names the columns), unknown_warehouse, unknown_product.
    """
    wrong = _malformed(supplies)

    good = [place for place in range(len(supplies)) if place not in wrong]
    chosen = [supplies[place] for place in good]

    written = sql.rows(
        "allocation/insert_supplies",
        _Expected,
        company_id=act.company_id,
        places=good,
        warehouse_ids=[supply.warehouse_id for supply in chosen],
        product_ids=[supply.product_id for supply in chosen],
        quantities=[supply.quantity for supply in chosen],
        unit_costs=[supply.unit_cost for supply in chosen],
        expected_on=[supply.expected_on for supply in chosen],
        references_=[supply.reference for supply in chosen],
        are_generated=[supply.is_generated for supply in chosen],
    )

    return _in_order(wrong, [Outcome(row.place, row.code, row.inbound_id) for row in written])


@transaction.atomic
def receive_stock(
    *,
    act: Act,
    receipts: Sequence[Receipt],
    reason: str = "",
    external_ref: str | None = None,
    is_generated: bool = False,
    received_on: date | None = None,
) -> list[Outcome]:
    """Take goods into stock on one document and make them available from now on.

    One outcome per receipt, by its place in the sequence, with the document. Quantities are in stock units, cost is rounded at each
    receipt. `received_on` is the day they came, today when left out. The same `external_ref` again changes nothing and answers with
    the first document. Refused: malformed (names the columns), dated_in_future, unknown_warehouse, unknown_product, lot_missing,
    lot_not_kept, being_counted, counted_since (facts: counted_on), unknown_supply, more_than_expected. Rule: docs/rules/stock.md.
    """
    came_on = received_on or act.on
    if came_on > act.on:
        facts = {"received_on": came_on, "today": act.on}
        return [Outcome(place, errors.DATED_IN_FUTURE, facts=facts) for place in range(len(receipts))]
    return _receive(act, receipts, Header(reason, external_ref, is_generated), came_on)


@transaction.atomic
def receive_expected(*, act: Act, inbound_ids: Sequence[int] | None = None) -> list[Outcome]:
    """Receive in full what is still expected: the supplies named, or all that are due by now.

    One outcome per supply with the document. Refused: not_found, nothing_expected, more_than_expected (another run was faster).
    """
    if inbound_ids is None:
        due = sql.rows("allocation/supplies_due", _Due, company_id=act.company_id, today=act.on)
    else:
        due = sql.rows("allocation/supplies_named", _Due, company_id=act.company_id, ids=list(inbound_ids))
    outcomes = [Outcome(key, "not_found") for key in sorted(set(inbound_ids or ()) - {supply.id for supply in due})]
    outcomes += [Outcome(supply.id, errors.NOTHING_EXPECTED) for supply in due if not supply.due]

    waiting = [supply for supply in due if supply.due]
    receipts = [
        Receipt(supply.warehouse_id, supply.product_id, supply.due, supply.unit_cost, inbound_id=supply.id) for supply in waiting
    ]
    header = Header(is_generated=all(supply.is_generated for supply in waiting))
    received = _receive(act, receipts, header, act.on)
    return outcomes + [replace(outcome, id=waiting[outcome.id].id) for outcome in received]


def _receive(act: Act, receipts: Sequence[Receipt], header: Header, came_on: date) -> list[Outcome]:
    wrong = _malformed(receipts)
    good = [place for place in range(len(receipts)) if place not in wrong]
    if not good:
        return _in_order(wrong, [])
    first = first_document(act, header.external_ref)
    if first is not None:
        return _in_order(wrong, [Outcome(place, DONE, first, {"repeated": True}) for place in good])

    number = next_number(act, "GR")
    checked = _checked(replace(act, on=came_on), receipts, good)

    refused = [Outcome(row.place, row.code, facts=_why(row)) for row in checked if row.code != DONE]
    accepted = [row.place for row in checked if row.code == DONE]
    if not accepted:
        return _in_order(wrong, refused)

    taken_in = _take_in(replace(act, on=came_on), [receipts[place] for place in accepted], number, header)

    facts = {"number": number, "lines": taken_in.lines, "quantity": taken_in.quantity, "cost": taken_in.cost_amount}
    journal.record(act, "StockReceived", "stock_document", [Happened(taken_in.document_id, facts=facts)])
    return _in_order(wrong, [*refused, *(Outcome(place, DONE, taken_in.document_id) for place in accepted)])


def _checked(act: Act, receipts: Sequence[Receipt], places: list[int]) -> list[_Checked]:
    chosen = [receipts[place] for place in places]
    return sql.rows(
        "allocation/check_receipts",
        _Checked,
        company_id=act.company_id,
        places=places,
        warehouse_ids=[receipt.warehouse_id for receipt in chosen],
        product_ids=[receipt.product_id for receipt in chosen],
        quantities=[receipt.quantity for receipt in chosen],
        lot_codes=[receipt.lot_code for receipt in chosen],
        inbound_ids=[receipt.inbound_id for receipt in chosen],
        moved_on=act.on,
    )


def _why(row: _Checked) -> dict[str, object]:
    """The facts of a receipt that was not taken in."""
    if row.code == errors.BEING_COUNTED:
        return {"count": row.count_number}
    if row.code == errors.COUNTED_SINCE:
        return {"counted_on": row.counted_on}
    return {} if row.due is None else {"due": row.due}


def _take_in(act: Act, receipts: list[Receipt], number: str, header: Header) -> _TakenIn:
    (written,) = sql.rows(
        "allocation/take_in_receipts",
        _TakenIn,
        company_id=act.company_id,
        at=act.at,
        today=act.on,
        actor_id=act.actor_id,
        number=number,
        external_ref=header.external_ref,
        reason=header.reason,
        is_generated=header.is_generated,
        warehouse_ids=[receipt.warehouse_id for receipt in receipts],
        product_ids=[receipt.product_id for receipt in receipts],
        quantities=[receipt.quantity for receipt in receipts],
        unit_costs=[receipt.unit_cost for receipt in receipts],
        lot_codes=[receipt.lot_code for receipt in receipts],
        expires_on=[receipt.expires_on for receipt in receipts],
        inbound_ids=[receipt.inbound_id for receipt in receipts],
    )
    return written


def _malformed(items: Sequence[Supply | Receipt]) -> dict[int, Outcome]:
    found = ((place, wrong_columns(item)) for place, item in enumerate(items))
    return {place: Outcome(place, Malformed.code, facts={"columns": columns}) for place, columns in found if columns}


def _in_order(wrong: dict[int, Outcome], others: list[Outcome]) -> list[Outcome]:
    return sorted([*wrong.values(), *others], key=lambda outcome: outcome.id)
