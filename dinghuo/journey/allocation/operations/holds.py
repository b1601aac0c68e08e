"""Free stock kept for a while for a cart, a quote or a caller, and given to an order exactly once."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from dinghuo.journey.allocation import errors
from dinghuo.journey.allocation.models import HoldState, StockHold
from dinghuo.journey.allocation.operations.promises import lock_promises, promise_timeline
from dinghuo.journey.allocation.rules.keeping import HOLD_KINDS, HoldDraft, expiry, may_last_until
from dinghuo.journey.allocation.rules.stock import is_quantity
from dinghuo.journey.ordering.models import OrderState
from dinghuo.journey.ordering.operations import lock_orders
from dinghuo.kernel import journal, sql, states
from dinghuo.kernel.errors import DONE, Malformed, Missing, Outcome, missing
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act

ENDED = {HoldState.RELEASED: "StockHoldReleased", HoldState.EXPIRED: "StockHoldExpired"}


@dataclass(frozen=True, slots=True)
class _Id:
    id: int


@dataclass(frozen=True, slots=True)
class _Known:
    place: int
    code: str


@dataclass(frozen=True, slots=True)
class _Free:
    id: int
    warehouse_id: int
    product_id: int
    free: Decimal
    expires_on: date | None
    received_on: date | None


@dataclass(frozen=True, slots=True)
class _Hold:
    id: int
    state: str
    product_id: int
    customer_id: int | None
    quantity: Decimal
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _Line:
    order_id: int
    customer_id: int
    product_id: int
    state: str
    wanted: Decimal
    is_held: bool


@dataclass(frozen=True, slots=True)
class _Given:
    units: Decimal
    short: Decimal


@dataclass(frozen=True, slots=True)
class _Part:
    """Units of a level that a hold, by its place, keeps."""

    place: int
    stock_level_id: int
    quantity: Decimal


@transaction.atomic
def hold_stock(*, act: Act, drafts: Sequence[HoldDraft]) -> list[Outcome]:
    """Keep free stock for somebody until a moment, earliest expiry first, each hold in full or not at all.

    One outcome per draft, by its place, with the hold. Quantities are in stock units. Refused: malformed (names the columns),
    hold_too_long, unknown_warehouse, unknown_product, unknown_customer, not_enough_free_stock (facts: free).
    Rule: docs/rules/stock.md.
    """
    outcomes, good = _judged(act, drafts)
    chosen = [drafts[place] for place in good]
    places = {"warehouse_ids": [draft.warehouse_id for draft in chosen], "product_ids": [draft.product_id for draft in chosen]}
    # What is free today may be promised to somebody for a later day: a hold takes no more than a promise could.
    products = {draft.product_id for draft in chosen}
    lock_promises(act, products)
    promisable = {
        row.product_id: row.promisable for row in promise_timeline(act=act, product_ids=sorted(products)) if row.day == act.on
    }
    free = sql.rows("allocation/levels_to_hold", _Free, company_id=act.company_id, today=act.on, **places)
    customers = [draft.customer_id for draft in chosen]
    known = sql.rows("allocation/known_for_holds", _Known, company_id=act.company_id, places=good, customer_ids=customers, **places)

    outcomes += [Outcome(row.place, row.code) for row in known if row.code != DONE]
    kept, parts, short = _shared(drafts, [row.place for row in known if row.code == DONE], free, promisable)

    written = _write(act, [drafts[place] for place in kept], parts)

    held = list(zip(kept, written, strict=True))
    events = [Happened(row.id, facts=_facts(act, drafts[place])) for place, row in held]
    journal.record(act, "StockHeld", "stock_hold", events)
    return sorted([*outcomes, *short, *(Outcome(place, DONE, row.id) for place, row in held)], key=lambda outcome: outcome.id)


@transaction.atomic
def extend_holds(*, act: Act, stock_hold_ids: Sequence[int], expires_at: datetime) -> list[Outcome]:
    """Let open holds last until another moment. Refused: not_found, not_held_any_more, hold_expired, hold_too_long."""
    outcomes, open_holds = _locked(act, stock_hold_ids)
    if not may_last_until(expires_at, act.at):
        return outcomes + [Outcome(hold.id, errors.HOLD_TOO_LONG, facts={"expires_at": expires_at}) for hold in open_holds]
    outcomes += [Outcome(hold.id, errors.HOLD_EXPIRED) for hold in open_holds if hold.expires_at <= act.at]
    lasting = [hold.id for hold in open_holds if hold.expires_at > act.at]

    until = {"stock_hold_ids": lasting, "expires_at": expires_at}
    sql.execute("allocation/extend_holds", company_id=act.company_id, **until)

    journal.record(act, "StockHoldExtended", "stock_hold", [Happened(key, facts={"expires_at": expires_at}) for key in lasting])
    return outcomes + [Outcome(key) for key in lasting]


@transaction.atomic
def release_holds(*, act: Act, stock_hold_ids: Sequence[int], reason: str = "") -> list[Outcome]:
    """Free what holds keep before their time. Refused: not_found, not_held_any_more (facts: state)."""
    outcomes, open_holds = _locked(act, stock_hold_ids)
    return outcomes + _end(act, open_holds, HoldState.RELEASED, {"reason": reason})


@transaction.atomic
def expire_holds(*, act: Act) -> list[Outcome]:
    """Free what holds keep whose time is over; the worker does so every minute."""
    due = [row.id for row in sql.rows("allocation/holds_due", _Id, company_id=act.company_id, at=act.at)]
    if not due:
        return []
    _, open_holds = _locked(act, due)
    # One that was extended while this run waited for it stays.
    return _end(act, [hold for hold in open_holds if hold.expires_at <= act.at], HoldState.EXPIRED, {})


@transaction.atomic
def allocate_hold(*, act: Act, stock_hold_id: int, order_line_id: int) -> Outcome:
    """Give what a hold keeps to a released order's line, exactly once; what the line does not want comes free.

    Facts: units given and still short, in stock units. Refused: not_found, not_held_any_more, hold_expired, other_product,
    other_customer, not_released, line_is_held, nothing_wanted. Rule: docs/rules/stock.md.
    """
    line = _line(act, order_line_id)
    if line is None:
        return Outcome(stock_hold_id, Missing.code)
    lock_orders(company_id=act.company_id, order_ids=[line.order_id], ready_in=())
    outcomes, open_holds = _locked(act, [stock_hold_id])
    if not open_holds:
        return outcomes[0]
    (hold,) = open_holds
    line = _line(act, order_line_id)
    assert line is not None

    refusal = _refusal(hold, line, act.at)
    if refusal is not None:
        return refusal
    given = min(hold.quantity, line.wanted)

    what = {"stock_hold_id": hold.id, "order_line_id": order_line_id, "given": given, "policy": json.dumps({"hold": hold.id})}
    (served,) = sql.rows("allocation/allocate_hold", _Given, company_id=act.company_id, at=act.at, **what)
    also = {"ended_at": act.at, "order_line_id": order_line_id}
    states.move(StockHold, company_id=act.company_id, ids=[hold.id], to=HoldState.ALLOCATED, also=also)

    facts = {"lines": 1, "units": served.units, "short": served.short}
    journal.record(act, "StockHoldAllocated", "stock_hold", [Happened(hold.id, line.order_id, {"units": served.units})])
    journal.record(act, "StockAllocated", "sales_order", [Happened(line.order_id, line.order_id, facts)])
    return Outcome(hold.id, DONE, line.order_id, facts)


def _judged(act: Act, drafts: Sequence[HoldDraft]) -> tuple[list[Outcome], list[int]]:
    outcomes, good = [], []
    for place, draft in enumerate(drafts):
        wrong = [] if draft.kind in HOLD_KINDS else ["kind"]
        wrong += [] if is_quantity(draft.quantity) and draft.quantity > 0 else ["quantity"]
        if wrong:
            outcomes.append(Outcome(place, Malformed.code, facts={"columns": wrong}))
        elif not may_last_until(expiry(draft, act.at), act.at):
            outcomes.append(Outcome(place, errors.HOLD_TOO_LONG, facts={"expires_at": expiry(draft, act.at)}))
        else:
            good.append(place)
    return outcomes, good


def _shared(
    drafts: Sequence[HoldDraft], places: Iterable[int], free: Sequence[_Free], promisable: dict[int, Decimal]
) -> tuple[list[int], list[_Part], list[Outcome]]:
    """Which drafts can be kept, from which levels, and the refusals of the others; in the order asked."""
    levels: dict[tuple[int, int], list[_Free]] = defaultdict(list)
    # A lot without an expiry is held last, as it is allocated last.
    for level in sorted(free, key=lambda row: (row.expires_on or date.max, row.received_on or date.max, row.id)):
        levels[level.warehouse_id, level.product_id].append(level)
    left = {level.id: level.free for level in free}
    kept: list[int] = []
    parts: list[_Part] = []
    short: list[Outcome] = []
    for place in places:
        draft = drafts[place]
        here = levels[draft.warehouse_id, draft.product_id]
        there = sum((left[level.id] for level in here), start=Decimal(0))
        there = max(min(there, promisable[draft.product_id]), Decimal(0))
        if draft.quantity > there:
            short.append(Outcome(place, errors.NOT_ENOUGH_FREE_STOCK, facts={"free": there}))
            continue
        kept.append(place)
        promisable[draft.product_id] -= draft.quantity
        parts += _parts(len(kept), draft.quantity, here, left)
    return kept, parts, short


def _parts(number: int, wanted: Decimal, levels: Sequence[_Free], left: dict[int, Decimal]) -> list[_Part]:
    found = []
    for level in levels:
        taken = min(wanted, left[level.id])
        if taken:
            found.append(_Part(number, level.id, taken))
            left[level.id] -= taken
            wanted -= taken
    return found


def _write(act: Act, drafts: Sequence[HoldDraft], parts: Sequence[_Part]) -> list[_Id]:
    return sql.rows(
        "allocation/write_holds",
        _Id,
        company_id=act.company_id,
        at=act.at,
        actor_id=act.actor_id,
        kinds=[draft.kind for draft in drafts],
        customer_ids=[draft.customer_id for draft in drafts],
        warehouse_ids=[draft.warehouse_id for draft in drafts],
        product_ids=[draft.product_id for draft in drafts],
        quantities=[draft.quantity for draft in drafts],
        expires_at=[expiry(draft, act.at) for draft in drafts],
        notes=[draft.note for draft in drafts],
        part_places=[part.place for part in parts],
        part_level_ids=[part.stock_level_id for part in parts],
        part_quantities=[part.quantity for part in parts],
    )


def _locked(act: Act, stock_hold_ids: Sequence[int]) -> tuple[list[Outcome], list[_Hold]]:
    """Lock the levels of holds, then the holds; the refusals of those that are not open, and the others."""
    ids = {"stock_hold_ids": list(stock_hold_ids)}
    sql.rows("allocation/lock_levels_of_holds", _Id, company_id=act.company_id, **ids)
    found = sql.rows("allocation/lock_holds", _Hold, company_id=act.company_id, **ids)
    outcomes = missing(stock_hold_ids, (hold.id for hold in found))
    outcomes += [
        Outcome(hold.id, errors.NOT_HELD_ANY_MORE, facts={"state": hold.state}) for hold in found if hold.state != HoldState.OPEN
    ]
    return outcomes, [hold for hold in found if hold.state == HoldState.OPEN]


def _end(act: Act, holds: Sequence[_Hold], to: HoldState, facts: dict[str, object]) -> list[Outcome]:
    ids = [hold.id for hold in holds]
    sql.execute("allocation/free_holds", company_id=act.company_id, stock_hold_ids=ids)
    states.move(StockHold, company_id=act.company_id, ids=ids, to=to, also={"ended_at": act.at})
    events = [Happened(hold.id, facts={"quantity": hold.quantity, **facts}) for hold in holds]
    journal.record(act, ENDED[to], "stock_hold", events)
    return [Outcome(key) for key in ids]


def _line(act: Act, order_line_id: int) -> _Line | None:
    found = sql.rows("allocation/line_for_hold", _Line, company_id=act.company_id, order_line_id=order_line_id)
    return found[0] if found else None


def _refusal(hold: _Hold, line: _Line, at: datetime) -> Outcome | None:
    if hold.expires_at <= at:
        return Outcome(hold.id, errors.HOLD_EXPIRED, facts={"expires_at": hold.expires_at})
    if hold.product_id != line.product_id:
        return Outcome(hold.id, errors.OTHER_PRODUCT)
    if hold.customer_id not in {None, line.customer_id}:
        return Outcome(hold.id, errors.OTHER_CUSTOMER)
    if line.state != OrderState.RELEASED:
        return Outcome(hold.id, errors.NOT_RELEASED, facts={"state": line.state})
    if line.is_held:
        return Outcome(hold.id, errors.LINE_IS_HELD)
    return None if line.wanted else Outcome(hold.id, errors.NOTHING_WANTED)


def _facts(act: Act, draft: HoldDraft) -> dict[str, object]:
    return {"kind": draft.kind, "quantity": draft.quantity, "expires_at": expiry(draft, act.at)}
