"""What the pages of shipments show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from dinghuo.journey.shipping.models import ShippingLabel
from dinghuo.journey.shipping.tracking_states import Sighting, where_goods_are
from dinghuo.kernel import sql
from dinghuo.kernel.errors import Missing

# Labels that are wanted and that no carrier has made, or not taken back yet.
LABEL_QUEUE: Final = ["waiting", "sent", "refused", "cancelling"]


@dataclass(frozen=True, slots=True)
class ShipmentRow:
    """A shipment in a list, with its order and customer."""

    id: int
    number: str
    state: str
    order_id: int
    order_number: str
    customer_code: str
    name: str
    name_zh: str
    warehouse_code: str
    carrier_code: str
    planned_on: date
    dispatched_on: date | None
    expected_on: date
    delivered_on: date | None


def shipments_in_work(*, company_id: int, state: str, due_on: date, after: tuple[date, int], count: int) -> list[ShipmentRow]:
    """Notices or goods on the road planned up to a day, the first planned first, after a day and id."""
    after_on, after_id = after
    limits = {"due_on": due_on, "after_on": after_on, "after_id": after_id, "count": count}
    return sql.rows("shipping/shipments_in_work", ShipmentRow, company_id=company_id, state=state, **limits)


def shipments_latest(*, company_id: int, states: Sequence[str], wanted: str, before_id: int, count: int) -> list[ShipmentRow]:
    """Shipments in some states, the newest first, whose number begins with a text."""
    limits = {"states": list(states), "wanted": wanted, "before_id": before_id, "count": count}
    return sql.rows("shipping/shipments_latest", ShipmentRow, company_id=company_id, **limits)


@dataclass(frozen=True, slots=True)
class Event:
    """Where the goods of a shipment were seen; `is_carriers` tells a carrier's word from our own."""

    id: int
    status: Any
    occurred_at: datetime
    recorded_at: datetime
    code: str
    text: str
    estimated_on: date | None
    is_carriers: bool
    raw: Any


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """An event for a tracking number that no shipment has."""

    id: int
    carrier: str
    tracking_number: str
    status: str
    code: str
    text: str
    occurred_at: datetime
    recorded_at: datetime
    raw: Any


def events_of_shipment(*, company_id: int, shipment_id: int) -> list[Event]:
    """Where a shipment was seen, the latest first."""
    return sql.rows("shipping/events_of_shipment", Event, company_id=company_id, shipment_id=shipment_id)


def unclaimed_events(*, company_id: int, before_id: int, count: int) -> list[Unclaimed]:
    """Events that no shipment is known for, the newest first."""
    return sql.rows("shipping/unclaimed_before", Unclaimed, company_id=company_id, before=before_id, count=count)


def where_now(events: Sequence[Event]) -> Any:
    """The tracking state that a shipment's events tell; empty when there is none."""
    return where_goods_are([Sighting(event.status, event.occurred_at, event.is_carriers) for event in events])


@dataclass(frozen=True, slots=True)
class Label:
    """A label wanted for a shipment and what became of it; `is_open` says that its carrier is left alone for a while."""

    id: int
    shipment_id: int
    shipment: str
    order_id: int
    carrier: str
    state: str
    attempts: int
    next_attempt_at: datetime
    problem: str
    problem_text: str
    tracking_number: str
    label_format: str
    asked_at: datetime
    booked_at: datetime | None
    is_open: bool


def labels(
    *,
    company_id: int,
    before: int,
    count: int,
    only_id: int | None = None,
    only_shipment: int | None = None,
    states: Sequence[str] | None = None,
) -> list[Label]:
    """Labels, the newest first: all, those in some states, those of a shipment, or the one of an id."""
    wanted = {"only_id": only_id, "only_shipment": only_shipment, "states": None if states is None else list(states)}
    return sql.rows("shipping/labels_before", Label, company_id=company_id, before=before, count=count, **wanted)


def label_file(*, company_id: int, label_id: int) -> bytes:
    """A label as its carrier made it; raises Missing where there is none, or no file of it."""
    found = ShippingLabel.objects.filter(company_id=company_id, id=label_id).values_list("label", flat=True).first()
    if not found:
        raise Missing("There is no such file.", id=label_id)
    return bytes(found)
