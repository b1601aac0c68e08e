"""Units taken from one line and given to another by a person, with least damage, on record, and to be undone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from dinghuo.journey.allocation.models import AllocationRun, StockSwap
from dinghuo.journey.ordering.operations import lock_orders
from dinghuo.kernel import journal, sql
from dinghuo.kernel.errors import Malformed, Missing, Outcome
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act

DONORS_MAX = 50
NO_HASH = b""


@dataclass(frozen=True, slots=True)
class Donor:
    """A line that could give units, and what taking all that is lacking from it would do."""

    line_id: int
    order_id: int
    order_number: str
    position: int
    customer: str
    customer_class: str
    requested_on: date | None
    units: Decimal
    lateness_days: int
    lacking: Decimal


@dataclass(frozen=True, slots=True)
class Donation:
    """So many units, in stock units, from one line."""

    line_id: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class _Line:
    id: int
    order_id: int


@dataclass(frozen=True, slots=True)
class _Id:
    id: int


@dataclass(frozen=True, slots=True)
class _Facts:
    id: int
    order_id: int
    state: str
    product_id: int
    lacking: Decimal
    movable: Decimal
    is_committed: bool


@dataclass(frozen=True, slots=True)
class _Given:
    donor_id: int
    units: Decimal


@transaction.atomic
def donors(*, act: Act, line_id: int, count: int = DONORS_MAX) -> list[Donor]:
    """The lines that could give units to one that lacks them, least damage first. Rule: docs/rules/allocation.md, D6.7."""
    asked = {"company_id": act.company_id, "line_id": line_id, "today": act.on, "count": count}
    return sql.rows("allocation/donors_of_line", Donor, **asked)


def proposed(found: Sequence[Donor], quantity: Decimal) -> list[Donation]:
    """The donations that make up a quantity: one of the least harmful donors if one suffices, else one after the other."""
    best = [donor for donor in found if donor.units >= quantity and donor.lateness_days == found[0].lateness_days]
    if best:
        return [Donation(best[0].line_id, quantity)]
    donations = []
    for donor in found:
        if quantity <= 0:
            break
        donations.append(Donation(donor.line_id, min(donor.units, quantity)))
        quantity -= donations[-1].quantity
    return donations


@transaction.atomic
def swap_stock(*, act: Act, taker_line_id: int, donations: Sequence[Donation], reason: str) -> list[Outcome]:
    """Take units from lines and give them to another line of the same product, all donations or none.

    An outcome a donor: document is the swap. Refused: not_found, malformed, not_same_product, not_released (the taker's order),
    committed_line, not_enough_to_take (facts: movable), more_than_lacking (facts: lacking).
    """
    ids = [taker_line_id, *(donation.line_id for donation in donations)]
    facts = _lock(act, ids)

    refused = _refusals(facts, taker_line_id, donations)
    if refused:
        return refused

    given = _move(act, taker_line_id, donations, {"swap": "made", "reason": reason})
    swaps = StockSwap.objects.bulk_create(
        StockSwap(
            company_id=act.company_id,
            taker_line_id=taker_line_id,
            donor_line_id=row.donor_id,
            quantity=row.units,
            reason=reason,
            made_at=act.at,
            made_by_id=act.actor_id,
        )
        for row in given
    )

    _record(act, "StockSwapped", facts, swaps)
    return [Outcome(swap.donor_line_id, document_id=swap.pk, facts={"units": swap.quantity}) for swap in swaps]


@transaction.atomic
def undo_swap(*, act: Act, swap_id: int) -> Outcome:
    """Give back what a swap moved. Refused: not_found, already_undone, not_enough_to_take when it is on its way by now."""
    swap = StockSwap.objects.filter(company_id=act.company_id, id=swap_id).first()
    if swap is None:
        return Outcome(swap_id, Missing.code)
    facts = _lock(act, [swap.taker_line_id, swap.donor_line_id])
    swap = StockSwap.objects.select_for_update(no_key=True, of=("self",)).get(company_id=act.company_id, id=swap_id)
    if swap.undone_at is not None:
        return Outcome(swap_id, "already_undone")
    back = [Donation(swap.taker_line_id, swap.quantity)]
    for refused in _refusals(facts, swap.donor_line_id, back):
        return Outcome(swap_id, refused.code, facts=refused.facts)
    _move(act, swap.donor_line_id, back, {"swap": "undone", "of": swap.pk})
    StockSwap.objects.filter(company_id=act.company_id, id=swap_id).update(undone_at=act.at, undone_by_id=act.actor_id)
    _record(act, "SwapUndone", facts, [swap])
    return Outcome(swap_id, document_id=swap_id)


def _lock(act: Act, line_ids: Sequence[int]) -> Mapping[int, _Facts]:
    found = sql.rows("allocation/orders_of_lines", _Line, company_id=act.company_id, line_ids=list(line_ids))
    lock_orders(company_id=act.company_id, order_ids=sorted({line.order_id for line in found}), ready_in=())
    products = sql.rows("allocation/lines_to_swap", _Facts, company_id=act.company_id, line_ids=list(line_ids))
    ids = sorted({line.product_id for line in products})
    sql.rows("allocation/lock_levels_of_products", _Id, company_id=act.company_id, product_ids=ids)
    rows = sql.rows("allocation/lines_to_swap", _Facts, company_id=act.company_id, line_ids=list(line_ids))
    return {row.id: row for row in rows}


def _refusals(facts: Mapping[int, _Facts], taker_line_id: int, donations: Sequence[Donation]) -> list[Outcome]:
    """Why a swap cannot be; empty when it can."""
    taker = facts.get(taker_line_id)
    if taker is None:
        return [Outcome(taker_line_id, Missing.code)]
    if not donations or len({donation.line_id for donation in donations}) < len(donations):
        return [Outcome(taker_line_id, Malformed.code, facts={"column": "donors", "message": "Each donor is named once."})]
    refused = [outcome for donation in donations if (outcome := _refusal(facts, taker, donation)) is not None]
    if refused:
        return refused
    if taker.state != "released":
        return [Outcome(taker_line_id, "not_released", facts={"state": taker.state})]
    if sum(donation.quantity for donation in donations) > taker.lacking:
        return [Outcome(taker_line_id, "more_than_lacking", facts={"lacking": taker.lacking})]
    return []


def _refusal(facts: Mapping[int, _Facts], taker: _Facts, donation: Donation) -> Outcome | None:
    donor = facts.get(donation.line_id)
    if donor is None:
        return Outcome(donation.line_id, Missing.code)
    if not donation.quantity.is_finite() or donation.quantity <= 0 or donation.quantity != round(donation.quantity, 3):
        return Outcome(donor.id, Malformed.code, facts={"column": "quantity", "message": "A quantity above zero is wanted here."})
    if donor.id == taker.id or donor.product_id != taker.product_id:
        return Outcome(donor.id, "not_same_product")
    if donor.is_committed:
        return Outcome(donor.id, "committed_line")
    if donation.quantity > donor.movable:
        return Outcome(donor.id, "not_enough_to_take", facts={"movable": donor.movable})
    return None


def _move(act: Act, taker_line_id: int, donations: Sequence[Donation], policy: Mapping[str, object]) -> list[_Given]:
    run = AllocationRun.objects.create(
        company_id=act.company_id,
        ran_at=act.at,
        policy=policy,
        inputs_hash=NO_HASH,
        lines_considered=len(donations) + 1,
        lines_served=1,
        lines_short=0,
    )
    return sql.rows(
        "allocation/swap_units",
        _Given,
        company_id=act.company_id,
        at=act.at,
        run_id=run.pk,
        taker_id=taker_line_id,
        donor_ids=[donation.line_id for donation in donations],
        quantities=[donation.quantity for donation in donations],
    )


def _record(act: Act, kind: str, facts: Mapping[int, _Facts], swaps: Sequence[StockSwap]) -> None:
    """Tell both sides' timelines; a donor gives and the taker gets, or the other way round where a swap is undone."""
    events = []
    for swap in swaps:
        told = {"units": swap.quantity, "taker_line": swap.taker_line_id, "donor_line": swap.donor_line_id, "reason": swap.reason}
        orders = {facts[swap.taker_line_id].order_id, facts[swap.donor_line_id].order_id}
        events += [Happened(swap.pk, order_id, told) for order_id in sorted(orders)]
    if kind == "StockSwapped":
        journal.record(act, "StockSwapped", "stock_swap", events)
    else:
        journal.record(act, "SwapUndone", "stock_swap", events)
