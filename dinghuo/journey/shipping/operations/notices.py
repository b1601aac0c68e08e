"""Making shipping notices from allocations, and taking them back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from dinghuo.journey.ordering.models import OrderState
from dinghuo.journey.ordering.operations import LockedOrder, lock_orders
from dinghuo.journey.review.operations import check_orders
from dinghuo.journey.shipping import errors
from dinghuo.journey.shipping.models import Shipment, ShipmentState
from dinghuo.journey.shipping.operations.shipments import lock_shipments, orders_of_shipments
from dinghuo.kernel import journal, numbering, sql, states
from dinghuo.kernel.errors import Outcome, missing
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act


@dataclass(frozen=True, slots=True)
class Ready:
    """Goods of an order in one warehouse that no shipment holds yet."""

    order_id: int
    warehouse_id: int


@dataclass(frozen=True, slots=True)
class Noticed:
    """A notice that was made; without a carrier none was."""

    order_id: int
    shipment_id: int | None
    number: str | None
    carrier_code: str | None
    planned_on: date | None
    lines: int


@transaction.atomic
def make_shipping_notices(*, act: Act, order_ids: Sequence[int] | None = None) -> list[Outcome]:
    """Make a shipping notice for each order and warehouse with allocated goods that no shipment holds, and choose its carrier.

    The cheapest carrier that serves the country and the weight is booked, with all quotes kept. Goods leave on the next working
    day. Refuses `not_released`, `nothing_to_ship`, `no_carrier_serves` and `stopped_before_picking` (a rule of review says no).
    Rule: docs/rules/shipping.md.
    """
    ready = ready_to_ship(act, order_ids)
    if not ready:
        return [] if order_ids is None else refusals(act, order_ids, set())
    # Numbers are locked first; an order that a rival has served meanwhile leaves a gap, which shipments may have.
    first = numbering.take(company_id=act.company_id, series="shipment", year=act.on.year, count=len(ready))
    asked = sorted({row.order_id for row in ready})
    lock_orders(company_id=act.company_id, order_ids=asked, ready_in=())
    stopped = check_orders(act=act, point="release_to_pick", order_ids=asked)

    made = sql.rows(
        "shipping/make_notices",
        Noticed,
        company_id=act.company_id,
        at=act.at,
        today=act.on,
        order_ids=[order_id for order_id in asked if order_id not in stopped],
        first_number=first,
        numbers=len(ready),
        prefix=f"SN{act.on.year}-",
    )

    noticed = [row for row in made if row.shipment_id is not None]
    journal.record(act, "ShipmentNoticed", "shipment", [happened(row) for row in noticed])
    outcomes = [Outcome(id=row.order_id, document_id=row.shipment_id, facts={"number": row.number}) for row in noticed]
    outcomes += [Outcome(id=row.order_id, code=errors.NO_CARRIER_SERVES) for row in made if row.shipment_id is None]
    if order_ids is None:
        return outcomes
    outcomes += [Outcome(id=key, code=errors.STOPPED_BEFORE_PICKING, facts={"rules": rules}) for key, rules in stopped.items()]
    return outcomes + refusals(act, order_ids, {row.order_id for row in made} | set(stopped))


@transaction.atomic
def cancel_shipments(*, act: Act, shipment_ids: Sequence[int], reason: str) -> list[Outcome]:
    """Take notices back before their goods have left; the goods stay allocated to their orders. Refuses `not_a_notice`."""
    # The orders first, as everywhere: whoever dispatches or withdraws holds them before it asks for the shipments.
    named = orders_of_shipments(act, shipment_ids)
    lock_orders(company_id=act.company_id, order_ids=[row.order_id for row in named], ready_in=())
    shipments = lock_shipments(act, shipment_ids)

    refused = [
        Outcome(id=row.id, code=errors.NOT_A_NOTICE, facts={"number": row.number, "state": row.state})
        for row in shipments
        if row.state != ShipmentState.NOTICE
    ]

    notices = [row for row in shipments if row.state == ShipmentState.NOTICE]
    ids = [row.id for row in notices]
    states.move(Shipment, company_id=act.company_id, ids=ids, to=ShipmentState.CANCELLED)
    sql.execute("shipping/cancel_lines", company_id=act.company_id, shipment_ids=ids)

    facts = {"reason": reason}
    journal.record(act, "ShipmentCancelled", "shipment", [Happened(row.id, row.order_id, facts) for row in notices])
    return [Outcome(id=key) for key in ids] + refused + missing(shipment_ids, (row.id for row in shipments))


def ready_to_ship(act: Act, order_ids: Sequence[int] | None) -> list[Ready]:
    """What could be shipped now, of the named orders or of all."""
    if order_ids is None:
        return sql.rows("shipping/ready_to_ship", Ready, company_id=act.company_id)
    return sql.rows("shipping/ready_to_ship_of", Ready, company_id=act.company_id, order_ids=list(order_ids))


def refusals(act: Act, order_ids: Sequence[int], served: set[int]) -> list[Outcome]:
    """Why the named orders that were not served were not."""
    left = [key for key in order_ids if key not in served]
    if not left:
        return []
    orders = lock_orders(company_id=act.company_id, order_ids=left, ready_in=())
    return [refusal(order) for order in orders] + missing(left, (order.id for order in orders))


def refusal(order: LockedOrder) -> Outcome:
    """Why nothing of an order is shipped."""
    code = errors.NOTHING_TO_SHIP if order.state == OrderState.RELEASED else errors.NOT_RELEASED
    return Outcome(id=order.id, code=code, facts={"number": order.number, "state": order.state})


def happened(row: Noticed) -> Happened:
    """The event of a notice."""
    assert row.shipment_id is not None
    facts = {"number": row.number, "carrier": row.carrier_code, "planned_on": row.planned_on, "lines": row.lines}
    return Happened(row.shipment_id, row.order_id, facts)
