"""Holds that people place and lift: on single lines, at a door, and on an order that was released too soon."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from dinghuo.journey.ordering.models import OrderState, SalesOrder
from dinghuo.journey.ordering.operations import lock_orders
from dinghuo.journey.review.models import ReasonCode
from dinghuo.journey.review.operations.four_eyes import barred_from
from dinghuo.kernel import journal, sql, states
from dinghuo.kernel.errors import Outcome, missing
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act

MAY_WAIT = frozenset({OrderState.SUBMITTED.value, OrderState.HELD.value, OrderState.RELEASED.value})


@dataclass(frozen=True, slots=True)
class NamedHold:
    """A hold with the state of its order."""

    id: int
    order_id: int
    order_line_id: int | None
    order_state: str
    order_version: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class LineToHold:
    """A line with what of it has no stock yet; `is_held` by a person already."""

    id: int
    order_id: int
    position: int
    number: str
    order_state: str
    order_version: int
    waits: Decimal
    is_held: bool


@dataclass(frozen=True, slots=True)
class OrderUnits:
    """What of an order has stock or has left, in stock units."""

    order_id: int
    allocated: Decimal
    shipped: Decimal


def unknown_reason(ids: Sequence[int], reason_code: str, reason: str) -> list[Outcome]:
    """The refusal of every item when a decision lacks its code or its words; the facts name the codes there are."""
    if reason_code in ReasonCode.values and reason.strip():
        return []
    facts = {"reason_code": reason_code, "codes": list(ReasonCode.values)}
    return [Outcome(id=each, code="unknown_reason", facts=facts) for each in ids]


@transaction.atomic
def hold_lines(*, act: Act, line_ids: Sequence[int], reason_code: str, reason: str) -> list[Outcome]:
    """Let single lines wait by a person's decision while the rest of their order goes on; no stock is given to them from now on.

    The hold lasts until a person lifts it, whatever the rules say. Refuses `not_found`, `unknown_reason`, `cannot_be_held` by
    the order's state, `nothing_to_hold` for a line with all its stock, and `already_on_hold`.
    """
    refused = unknown_reason(line_ids, reason_code, reason)
    if refused:
        return refused
    order_ids = {line.order_id for line in lines_to_hold(act, line_ids)}
    lock_orders(company_id=act.company_id, order_ids=sorted(order_ids), ready_in=())

    lines = lines_to_hold(act, line_ids)
    refusals = {line.id: code for line in lines if (code := why_not_held(line))}
    held = [line for line in lines if line.id not in refusals]

    place(act, [(line.order_id, line.id, line.order_version) for line in held], "line_held", (reason_code, reason))

    facts = {"reason": reason, "reason_code": reason_code}
    events = [Happened(line.order_id, line.order_id, {"line": line.position, **facts}) for line in held]
    journal.record(act, "LineHeld", "sales_order", events)
    done = [Outcome(id=line.id, document_id=line.order_id) for line in held]
    for line in lines:
        if line.id in refusals:
            told = {"number": line.number, "line": line.position, "state": line.order_state}
            done.append(Outcome(id=line.id, code=refusals[line.id], facts=told))
    return done + missing(line_ids, (line.id for line in lines))


def lines_to_hold(act: Act, line_ids: Sequence[int]) -> list[LineToHold]:
    """The lines as they are now."""
    return sql.rows("review/lines_to_hold", LineToHold, company_id=act.company_id, line_ids=list(line_ids))


def why_not_held(line: LineToHold) -> str | None:
    """Why a line cannot be made to wait, or None."""
    if line.order_state not in MAY_WAIT:
        return "cannot_be_held"
    if line.is_held:
        return "already_on_hold"
    return None if line.waits > 0 else "nothing_to_hold"


def place(act: Act, holds: Sequence[tuple[int, int | None, int]], decision: str, why: tuple[str, str]) -> None:
    """Place holds, each an order, a line or None, and the order's version, with the decision on record."""
    sql.execute(
        "review/place_holds",
        company_id=act.company_id,
        order_ids=[order_id for order_id, _, _ in holds],
        line_ids=[line_id for _, line_id, _ in holds],
        versions=[version for _, _, version in holds],
        decision=decision,
        reason_code=why[0],
        reason=why[1],
        at=act.at,
        actor_id=act.actor_id,
    )


@transaction.atomic
def release_holds(*, act: Act, hold_ids: Sequence[int], reason_code: str, reason: str) -> list[Outcome]:
    """Lift holds of single lines, or at a door, by a person's decision; the rest of the order has gone on meanwhile.

    Refuses `not_found`, `unknown_reason`, `already_lifted`, `order_is_held` for a hold of a whole order that waits, which is
    `release_orders`, and like that one `four_eyes` and `incompatible_duties`.
    """
    refused = unknown_reason(hold_ids, reason_code, reason)
    if refused:
        return refused
    order_ids = sorted({hold.order_id for hold in holds_named(act, hold_ids)})
    lock_orders(company_id=act.company_id, order_ids=order_ids, ready_in=())

    holds = holds_named(act, hold_ids)
    barred = barred_from(act, "release_hold", order_ids)
    refused = [refusal for hold in holds if (refusal := why_not_lifted(hold, barred))]
    lifted = [hold for hold in holds if why_not_lifted(hold, barred) is None]

    versions = {hold.order_id: hold.order_version for hold in lifted}
    sql.execute(
        "review/lift_holds",
        company_id=act.company_id,
        hold_ids=[hold.id for hold in lifted],
        order_ids=list(versions),
        versions=list(versions.values()),
        at=act.at,
        actor_id=act.actor_id,
        reason_code=reason_code,
        reason=reason,
    )

    facts = {"reason": reason, "reason_code": reason_code, "by_person": act.actor_id is not None}
    journal.record(act, "HoldLifted", "sales_order", [Happened(key, key, facts) for key in sorted(versions)])
    done = [Outcome(id=hold.id, document_id=hold.order_id) for hold in lifted]
    return done + refused + missing(hold_ids, (hold.id for hold in holds))


def holds_named(act: Act, hold_ids: Sequence[int]) -> list[NamedHold]:
    """The holds as they are now."""
    return sql.rows("review/holds_named", NamedHold, company_id=act.company_id, hold_ids=list(hold_ids))


def why_not_lifted(hold: NamedHold, barred: Mapping[int, Outcome]) -> Outcome | None:
    """The refusal for a hold that cannot be lifted by itself, or not by this person, or None."""
    if not hold.is_open:
        return Outcome(id=hold.id, code="already_lifted")
    if hold.order_line_id is None and hold.order_state != OrderState.RELEASED:
        return Outcome(id=hold.id, code="order_is_held")
    found = barred.get(hold.order_id)
    return None if found is None else Outcome(id=hold.id, code=found.code, facts=found.facts)


@transaction.atomic
def hold_orders(*, act: Act, order_ids: Sequence[int], reason_code: str, reason: str) -> list[Outcome]:
    """Put released orders on hold again by a person's decision, as long as none of their goods has stock.

    They wait until a person releases them, whatever the rules say; `journey.reactions.hold_back_orders` frees the stock first.
    Refuses `not_found`, `unknown_reason`, `not_released` and `already_under_way`.
    """
    refused = unknown_reason(order_ids, reason_code, reason)
    if refused:
        return refused
    orders = lock_orders(company_id=act.company_id, order_ids=order_ids, ready_in=())
    found = [order.id for order in orders]
    units = {row.order_id: row for row in sql.rows("ordering/open_units", OrderUnits, company_id=act.company_id, order_ids=found)}

    for order in orders:
        facts = {"number": order.number, "state": order.state}
        if order.state != OrderState.RELEASED:
            refused.append(Outcome(id=order.id, code="not_released", facts=facts))
        elif order.id in units and units[order.id].allocated > 0:
            refused.append(Outcome(id=order.id, code="already_under_way", facts=facts))
    barred = {outcome.id for outcome in refused}
    held = [order for order in orders if order.id not in barred]

    place(act, [(order.id, None, order.version) for order in held], "held_again", (reason_code, reason))
    ids = [order.id for order in held]
    states.move(SalesOrder, company_id=act.company_id, ids=ids, to=OrderState.HELD, only_from=[OrderState.RELEASED])

    by_person = {"reason": reason, "reason_code": reason_code, "by_person": True}
    journal.record(act, "OrderHeld", "sales_order", [Happened(key, key, by_person) for key in ids])
    return [Outcome(id=key, document_id=key) for key in ids] + refused + missing(order_ids, found)
