"""Stock corrected: what was damaged, lost, found or counted otherwise."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from dinghuo.journey.allocation import errors
from dinghuo.journey.allocation.operations.documents import Header, first_document, next_number
from dinghuo.journey.allocation.rules import Adjustment, Change, Level, changes, wrong_columns
from dinghuo.kernel import journal, sql
from dinghuo.kernel.errors import DONE, Malformed, Outcome
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act


@dataclass(frozen=True, slots=True)
class _Locked:
    id: int


@dataclass(frozen=True, slots=True)
class Named:
    """A level that a correction names, as it is locked, or the code why there is none."""

    place: int
    code: str
    stock_level_id: int | None
    on_hand: Decimal
    allocated: Decimal
    cost_amount: Decimal
    standard_cost: Decimal
    minor_units: int
    rounding: str
    count_number: str | None
    counted_on: date | None


@dataclass(frozen=True, slots=True)
class _Written:
    document_id: int


@dataclass(frozen=True, slots=True)
class Decided:
    """A correction, its level, and what it does there."""

    place: int
    stock_level_id: int | None
    change: Change


@transaction.atomic
def adjust_stock(
    *,
    act: Act,
    adjustments: Sequence[Adjustment],
    reason: str,
    external_ref: str | None = None,
    is_generated: bool = False,
) -> list[Outcome]:
    """Correct stock by signed quantities on one document; what is promised to orders is never taken.

    One outcome per adjustment, by its place in the sequence, with the document; those of one level count in that order. Quantities
    are in stock units, cost leaves in proportion and to the minor unit. The same `external_ref` again changes nothing and answers
    with the first document. Refused: malformed (names the columns), unknown_warehouse, unknown_product, unknown_lot,
    lot_missing, being_counted (facts: count), counted_since (facts: counted_on),
    not_enough_free_stock (facts: free). Rule: docs/rules/allocation.md.
    """
    outcomes, good = malformed(adjustments)
    first = first_document(act, external_ref)
    if first is not None or not good:
        return in_order([*outcomes, *(Outcome(place, DONE, first, {"repeated": True}) for place in good)])

    number = next_number(act, "AD")
    named = locked(act, adjustments, good)

    outcomes += refusals(named)

    found = decided([row for row in named if row.code == DONE], adjustments)
    refused = [each for each in found if each.change.code != DONE]
    outcomes += [Outcome(each.place, each.change.code, facts={"free": each.change.free}) for each in refused]
    accepted = [each for each in found if each.change.code == DONE]
    if not accepted:
        return in_order(outcomes)

    header = Header(reason, external_ref, is_generated)
    document_id = write_adjustments(act, number, header, accepted, [adjustments[each.place].source_row for each in accepted])

    facts = {
        "number": number,
        "reason": reason,
        "lines": len(accepted),
        "quantity": sum(each.change.quantity for each in accepted),
        "cost": sum(each.change.cost_amount for each in accepted),
    }
    journal.record(act, "StockAdjusted", "stock_document", [Happened(document_id, facts=facts)])
    return in_order([*outcomes, *(Outcome(each.place, DONE, document_id) for each in accepted)])


def malformed(adjustments: Sequence[Adjustment]) -> tuple[list[Outcome], list[int]]:
    """The outcomes of corrections that no row could hold, and the places of the others."""
    outcomes, good = [], []
    for place, adjustment in enumerate(adjustments):
        columns = wrong_columns(adjustment)
        if columns:
            outcomes.append(Outcome(place, Malformed.code, facts={"columns": columns}))
        else:
            good.append(place)
    return outcomes, good


def locked(act: Act, adjustments: Sequence[Adjustment], places: list[int]) -> list[Named]:
    """Lock the levels that corrections name, making those that increases need; the number series must be locked."""
    raised = [adjustments[place] for place in places if adjustments[place].quantity > 0]
    sql.execute(
        "allocation/make_levels",
        company_id=act.company_id,
        warehouse_ids=[item.warehouse_id for item in raised],
        product_ids=[item.product_id for item in raised],
        lot_ids=[item.lot_id for item in raised],
    )
    warehouse_ids = [adjustments[place].warehouse_id for place in places]
    product_ids = [adjustments[place].product_id for place in places]
    sql.rows(
        "allocation/lock_levels_of_adjustments",
        _Locked,
        company_id=act.company_id,
        warehouse_ids=warehouse_ids,
        product_ids=product_ids,
    )
    return sql.rows(
        "allocation/levels_of_adjustments",
        Named,
        company_id=act.company_id,
        places=places,
        warehouse_ids=warehouse_ids,
        product_ids=product_ids,
        lot_ids=[adjustments[place].lot_id for place in places],
        are_increases=[adjustments[place].quantity > 0 for place in places],
        moved_on=act.on,
    )


def refusals(named: list[Named]) -> list[Outcome]:
    """The outcomes of corrections whose level cannot be corrected."""
    return [Outcome(row.place, row.code, facts=_why(row)) for row in named if row.code != DONE]


def _why(row: Named) -> dict[str, object]:
    if row.code == errors.BEING_COUNTED:
        return {"count": row.count_number}
    return {"counted_on": row.counted_on} if row.code == errors.COUNTED_SINCE else {}


def decided(named: list[Named], adjustments: Sequence[Adjustment]) -> list[Decided]:
    """What each adjustment does, level by level; a level that is not there is an empty one, from which nothing can be taken."""
    levels: dict[int | None, list[Named]] = defaultdict(list)
    for row in named:
        levels[row.stock_level_id].append(row)
    made = []
    for rows in levels.values():
        first = rows[0]
        level = Level(first.on_hand, first.allocated, first.cost_amount, first.standard_cost)
        found = changes(
            level,
            [adjustments[row.place] for row in rows],
            minor_units=first.minor_units,
            rounding=first.rounding,
        )
        made += [Decided(row.place, row.stock_level_id, change) for row, change in zip(rows, found, strict=True)]
    return sorted(made, key=lambda each: each.place)


def write_adjustments(act: Act, number: str, header: Header, accepted: list[Decided], source_rows: list[int | None]) -> int:
    """Write corrections that were decided on as one document and return it; the levels must be locked."""
    (written,) = sql.rows(
        "allocation/write_adjustments",
        _Written,
        company_id=act.company_id,
        at=act.at,
        today=act.on,
        actor_id=act.actor_id,
        number=number,
        external_ref=header.external_ref,
        reason=header.reason,
        is_generated=header.is_generated,
        stock_level_ids=[each.stock_level_id for each in accepted],
        quantities=[each.change.quantity for each in accepted],
        cost_amounts=[each.change.cost_amount for each in accepted],
        source_rows=source_rows,
    )
    return written.document_id


def in_order(outcomes: list[Outcome]) -> list[Outcome]:
    """Outcomes by the places of their items."""
    return sorted(outcomes, key=lambda outcome: outcome.id)
