"""Goods leave, and goods arrive."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from dinghuo.journey.ordering.models import OrderState
from dinghuo.journey.ordering.operations import lock_orders
from dinghuo.journey.review.operations import check_orders
from dinghuo.journey.shipping import errors
from dinghuo.journey.shipping.models import Shipment, ShipmentState
from dinghuo.journey.shipping.operations.shipments import LockedShipment, ShipmentOfOrder, lock_shipments, orders_of_shipments
from dinghuo.journey.shipping.rules import sscc
from dinghuo.kernel import journal, sql, states
from dinghuo.kernel.errors import Outcome, missing
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act


@dataclass(frozen=True, slots=True)
class Locked:
    """A row that this transaction has locked."""

    id: int


@transaction.atomic
def dispatch_shipments(*, act: Act, shipment_ids: Sequence[int] | None = None) -> list[Outcome]:
    """Let goods leave: the named shipments, or every notice planned for today or before whose order is still released.

    Stock falls, at its cost; the order's lines count as shipped; each shipment gets a package with an SSCC. Refuses
    `already_dispatched`, `not_a_notice` (it was cancelled), `order_not_released` (its order is held again or cancelled) and
    `stopped_before_loading` (a rule of review that runs at the door says no).
    """
    leaving = shipments_leaving(act, shipment_ids)
    if not leaving:
        return missing(shipment_ids, [])
    lock_orders(company_id=act.company_id, order_ids=[row.order_id for row in leaving], ready_in=())
    # Review locks customers, which come before stock levels.
    stopped = check_orders(act=act, point="before_loading", order_ids=[row.order_id for row in leaving])
    asked = [row.shipment_id for row in leaving]
    sql.rows("shipping/lock_levels", Locked, company_id=act.company_id, shipment_ids=asked)
    shipments = lock_shipments(act, asked)

    refused = [refusal(row) for row in shipments if cannot_leave(row)]
    ready = [row for row in shipments if not cannot_leave(row)]
    refused += [stopped_at_door(row, stopped[row.order_id]) for row in ready if row.order_id in stopped]

    going = [row for row in ready if row.order_id not in stopped]
    ids = [row.id for row in going]

    also = {"dispatched_on": act.on}
    moved = states.move(Shipment, company_id=act.company_id, ids=ids, to=ShipmentState.DISPATCHED, also=also)
    assert moved == set(ids), "a locked notice is dispatched"
    if going:
        sql.execute(
            "shipping/dispatch_goods",
            company_id=act.company_id,
            at=act.at,
            today=act.on,
            actor_id=act.actor_id,
            shipment_ids=ids,
            ssccs=[sscc(act.company_id, row.id) for row in going],
        )

    journal.record(act, "ShipmentDispatched", "shipment", [Happened(row.id, row.order_id, {"number": row.number}) for row in going])
    return [Outcome(id=key) for key in ids] + refused + missing(shipment_ids, (row.id for row in shipments))


@transaction.atomic
def deliver_shipments(*, act: Act, shipment_ids: Sequence[int] | None = None) -> list[Outcome]:
    """Record that goods have arrived: the named shipments, or all on the road that were expected by today.

    Refuses `not_on_the_road`.
    """
    asked = shipment_ids
    if asked is None:
        asked = [row.id for row in sql.rows("shipping/arriving", Locked, company_id=act.company_id, today=act.on)]
    shipments = lock_shipments(act, asked)

    refused = [
        Outcome(id=row.id, code=errors.NOT_ON_THE_ROAD, facts={"number": row.number, "state": row.state})
        for row in shipments
        if row.state != ShipmentState.DISPATCHED
    ]

    arrived = [row for row in shipments if row.state == ShipmentState.DISPATCHED]
    ids = [row.id for row in arrived]

    states.move(Shipment, company_id=act.company_id, ids=ids, to=ShipmentState.DELIVERED, also={"delivered_on": act.on})
    if ids:
        sql.execute("shipping/track", company_id=act.company_id, at=act.at, status="delivered", shipment_ids=ids)

    journal.record(
        act, "ShipmentDelivered", "shipment", [Happened(row.id, row.order_id, {"number": row.number}) for row in arrived]
    )
    return [Outcome(id=key) for key in ids] + refused + missing(shipment_ids, (row.id for row in shipments))


def shipments_leaving(act: Act, shipment_ids: Sequence[int] | None) -> list[ShipmentOfOrder]:
    """The shipments asked for, or all that are due, with their orders; not locked yet."""
    if shipment_ids is None:
        return sql.rows("shipping/leaving", ShipmentOfOrder, company_id=act.company_id, today=act.on)
    return orders_of_shipments(act, shipment_ids)


def cannot_leave(row: LockedShipment) -> bool:
    """Whether a shipment must stay where it is."""
    return row.state != ShipmentState.NOTICE or row.order_state != OrderState.RELEASED


def stopped_at_door(row: LockedShipment, rules: Sequence[str]) -> Outcome:
    """The refusal for a shipment that review stops before loading."""
    return Outcome(id=row.id, code=errors.STOPPED_BEFORE_LOADING, facts={"number": row.number, "rules": list(rules)})


def refusal(row: LockedShipment) -> Outcome:
    """Why a shipment stays where it is."""
    code = errors.ORDER_NOT_RELEASED
    if row.state in {ShipmentState.DISPATCHED, ShipmentState.DELIVERED}:
        code = errors.ALREADY_DISPATCHED
    elif row.state == ShipmentState.CANCELLED:
        code = errors.NOT_A_NOTICE
    facts = {"number": row.number, "state": row.state, "order_state": row.order_state}
    return Outcome(id=row.id, code=code, facts=facts)
