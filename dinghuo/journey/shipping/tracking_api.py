"""Where goods are, over the API: what carriers said of a shipment, and what they say of numbers that no shipment has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Query, Router
from pydantic import AwareDatetime, Field

from dinghuo.journey.shipping import operations
from dinghuo.journey.shipping.api import Shipment, moved, shipment
from dinghuo.journey.shipping.lists import Event, events_of_shipment, where_now
from dinghuo.journey.shipping.tracking_states import CODE_MAX, NUMBER_MAX, TEXT_MAX, SeenEvent
from dinghuo.kernel import sql
from dinghuo.kernel.errors import Malformed, the_only
from dinghuo.reference.bearers import ApiRequest
from dinghuo.reference.models import Carrier
from dinghuo.reference.routes import batch_of, route
from dinghuo.reference.wire import BATCH_MAX, Asked, Batch, Day, Id, Page, Paging, Reference, ShortCode, Text, page_of

router = Router(tags=["carriers"])

Number = Annotated[str, Text(most=NUMBER_MAX, least=1, pattern=r"^[!-~]+$")]
Status = Literal[
    "announced", "picked_up", "in_transit", "out_for_delivery", "ready_for_pickup", "exception", "delivered", "returned", ""
]


@dataclass(frozen=True, slots=True)
class TrackingEvent:
    """Where goods were seen. `status` is empty for a code that is not known; `raw` is what the carrier said, for staff alone."""

    id: int
    status: Status
    occurred_at: datetime
    recorded_at: datetime
    code: str
    text: str
    estimated_on: date | None
    is_carriers: bool
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tracking:
    """Where a shipment is, and every event that says so, the latest first."""

    shipment_id: int
    tracking_number: str
    status: Status
    expected_on: date
    events: list[TrackingEvent]


@dataclass(frozen=True, slots=True)
class UnclaimedEvent:
    """An event for a tracking number that no shipment has."""

    id: int
    carrier: str
    tracking_number: str
    status: Status
    code: str
    text: str
    occurred_at: datetime
    recorded_at: datetime
    raw: Mapping[str, Any]


class NumberAsked(Asked):
    """The number that the carrier knows a shipment by."""

    tracking_number: Number = Field(examples=["SF1234567890123"])


class EventAsked(Asked):
    """Where goods were seen; `external_ref` makes a repeat harmless, `code` is the carrier's own word."""

    carrier: ShortCode
    tracking_number: Number
    status: Status
    occurred_at: AwareDatetime
    external_ref: Reference
    code: Annotated[str, Text(most=CODE_MAX)] = ""
    text: Annotated[str, Text(most=TEXT_MAX)] = ""
    estimated_on: Day | None = None


class EventsAsked(Asked):
    """Events of any carriers, in any order."""

    events: list[EventAsked] = Field(min_length=1, max_length=BATCH_MAX)


@route(router, "GET /shipments/{shipment_id}/tracking", needs=("shipments.read", "portal.read"))
def get_tracking(request: ApiRequest, shipment_id: Id) -> Tracking:
    """Get where a shipment is, in one of eight states whatever the carrier calls it; a customer's token sees its own."""
    found = shipment(request, shipment_id)
    events = events_of_shipment(company_id=request.act.company_id, shipment_id=shipment_id)
    told = [shown(event, is_staff=request.only_customer is None) for event in events]
    return Tracking(shipment_id, found.tracking_number, where_now(events), found.expected_on, told)


@route(router, "POST /shipments/{shipment_id}/tracking-number", needs="shipments.write")
def name_tracking_number(request: ApiRequest, shipment_id: Id, asked: NumberAsked) -> Shipment:
    """Say by which number the carrier knows a shipment; events that came for it before find it. Refused once it was cancelled."""
    the_only([operations.name_tracking_number(act=request.act, shipment_id=shipment_id, tracking_number=asked.tracking_number)])
    return moved(request, shipment_id)


@route(router, "POST /tracking-events", needs="shipments.write")
def record_tracking_events(request: ApiRequest, asked: EventsAsked) -> Batch:
    """Record what carriers say, for those that no connection speaks with.

    A result's id is the event's place from 0, its document the shipment; an event for an unknown number is kept and has none.
    """
    carriers = carriers_of(request, asked.events)
    seen = [seen_event(event, carriers[event.carrier]) for event in asked.events]
    outcomes = operations.record_events(act=request.act, seen=seen)
    request.moved = sorted(orders_of(request, [row.document_id for row in outcomes if row.document_id is not None]))
    return batch_of(outcomes)


@route(router, "GET /tracking-events/unclaimed", needs="shipments.read")
def list_unclaimed_events(request: ApiRequest, wanted: Query[Paging]) -> Page[UnclaimedEvent]:
    """List events whose tracking number no shipment has, the newest first."""
    asked = {"before": wanted.before, "count": wanted.count}
    return page_of(sql.rows("shipping/unclaimed_before", UnclaimedEvent, company_id=request.act.company_id, **asked), wanted)


def shown(event: Event, *, is_staff: bool) -> TrackingEvent:
    """An event as a caller may see it."""
    raw = event.raw if is_staff else {}
    return TrackingEvent(
        id=event.id,
        status=event.status,
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        code=event.code,
        text=event.text,
        estimated_on=event.estimated_on,
        is_carriers=event.is_carriers,
        raw=raw,
    )


def carriers_of(request: ApiRequest, events: Sequence[EventAsked]) -> dict[str, int]:
    """The carriers that events name, by code; raises Malformed naming the first line with none of ours."""
    codes = {event.carrier for event in events}
    known = dict(Carrier.objects.filter(company_id=request.act.company_id, code__in=codes).values_list("code", "id"))
    for line, event in enumerate(events, 1):
        if event.carrier not in known:
            raise Malformed("There is no such carrier.", code="unknown_carrier", column="carrier", line=line)
    return known


def seen_event(event: EventAsked, carrier_id: int) -> SeenEvent:
    """An event as recorded; what was sent is its raw form."""
    raw = event.model_dump(mode="json", exclude_defaults=True)
    facts = event.model_dump(exclude={"carrier"})
    return SeenEvent(carrier_id=carrier_id, raw=raw, **facts)


def orders_of(request: ApiRequest, shipment_ids: Sequence[int]) -> set[int]:
    """The orders of shipments."""
    return {row.order_id for row in operations.orders_of_shipments(request.act, sorted(set(shipment_ids)))}
