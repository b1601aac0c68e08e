"""Carriers' connections and labels over the API: how each is reached, which labels are wanted, and what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, Literal

from ninja import Query
from pydantic import Field

from dinghuo.journey.shipping import operations
from dinghuo.journey.shipping.lists import LABEL_QUEUE, Label, label_file, labels
from dinghuo.journey.shipping.models import CarrierConnection
from dinghuo.journey.shipping.operations import ConnectionDraft
from dinghuo.journey.shipping.tracking_api import Number, router
from dinghuo.kernel.errors import Malformed, Missing, Outcome, the_only
from dinghuo.reference.bearers import ApiRequest
from dinghuo.reference.models import Carrier
from dinghuo.reference.routes import File, batch_of, route
from dinghuo.reference.wire import ID_MAX, Asked, Batch, Flag, Id, Ids, Page, Paging, ShortCode, Text, page_of

__all__ = ["router"]

Protocol = Literal["sf_express", "dhl_parcel_de", "kuaidi100", "track17", "own_fleet", "pick_up"]
Values = dict[Annotated[str, Text(most=40, least=1)], Annotated[str, Text(most=500)]]
MASK: Final = "••••••"


class LabelFile(File):
    """A label, as PDF or ZPL."""

    media = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Connection:
    """How a carrier is reached. Of secrets the names are told alone; its pushes come to `push_path` of this site."""

    id: int
    carrier: str
    protocol: Protocol
    base_url: str
    settings: Mapping[str, str]
    secrets: Mapping[str, str]
    push_path: str
    is_active: bool
    failures: int
    open_until: datetime | None


class ConnectionAsked(Asked):
    """How a carrier is to be reached; without an address its public one. A secret that is left out stays as it is."""

    carrier: ShortCode
    protocol: Protocol
    base_url: Annotated[str, Text(most=300)] = ""
    settings: Values = Field({}, examples=[{"partner_id": "DINGHUO"}])
    secrets: Values = Field({}, examples=[{"checkword": "from the carrier"}])
    is_active: Flag = True


class LabelsAsked(Asked):
    """Which shipments labels are wanted for."""

    shipment_ids: Ids


class LabelsWanted(Paging):
    """Which labels to list: all, or the queue of those that are not made."""

    queue: bool = False


class LabelDecision(Asked):
    """What became of a booking in doubt: the number that the carrier made, or nothing."""

    tracking_number: Number | None = None


class OtherCarrier(Asked):
    """Another carrier."""

    carrier: ShortCode


@route(router, "GET /carrier-connections", needs="carriers.read")
def list_carrier_connections(request: ApiRequest, wanted: Query[Paging]) -> Page[Connection]:
    """List how carriers are reached, the oldest first; secrets are masked."""
    rows = CarrierConnection.objects.filter(company_id=request.act.company_id, id__gt=wanted.after).select_related("carrier")
    return page_of([shown(row) for row in rows.order_by("id")[: wanted.count]], wanted)


@route(router, "POST /carrier-connections", needs="carriers.write", status=201)
def connect_carrier(request: ApiRequest, asked: ConnectionAsked) -> Connection:
    """Say how a carrier is reached, or change it. Malformed `unknown_carrier`, or naming the setting or secret that is missing."""
    draft = ConnectionDraft(
        carrier_id=carrier_of(request, asked.carrier),
        protocol=asked.protocol,
        base_url=asked.base_url,
        settings=asked.settings,
        secrets=asked.secrets,
        is_active=asked.is_active,
    )
    connected = operations.connect_carrier(act=request.act, draft=draft)
    found = CarrierConnection.objects.select_related("carrier")
    return shown(found.get(company_id=request.act.company_id, id=connected.id))


@route(router, "GET /labels", needs="shipments.read")
def list_labels(request: ApiRequest, wanted: Query[LabelsWanted]) -> Page[Label]:
    """List labels, the newest first; with `queue` those that no carrier has made yet, and why."""
    states = LABEL_QUEUE if wanted.queue else None
    return page_of(labels(company_id=request.act.company_id, before=wanted.before, count=wanted.count, states=states), wanted)


@route(router, "POST /labels", needs="shipments.write")
def order_labels(request: ApiRequest, asked: LabelsAsked) -> Batch:
    """Ask for labels; the worker books them. A result's document is the label.

    Refused alone: `shipment_cancelled`, `already_dispatched`, `has_label`, `carrier_not_connected`, `weight_missing`,
    `address_missing`, `postcode_missing`.
    """
    return batch_of(operations.order_labels(act=request.act, shipment_ids=asked.shipment_ids))


@route(router, "GET /labels/{label_id}", needs="shipments.read")
def get_label(request: ApiRequest, label_id: Id) -> Label:
    """Get a label and what became of it."""
    return one(request, label_id)


@route(router, "GET /labels/{label_id}/file", needs="shipments.read")
def get_label_file(request: ApiRequest, label_id: Id) -> LabelFile:
    """Get a label to print, as the carrier made it: PDF or ZPL, as the label's `label_format` says."""
    return LabelFile(label_file(company_id=request.act.company_id, label_id=label_id))


@route(router, "POST /labels/{label_id}/retry", needs="shipments.write")
def retry_label(request: ApiRequest, label_id: Id) -> Label:
    """Try again now. Refused with `not_in_queue`, and `must_be_decided` where the carrier cannot be asked."""
    return done(request, label_id, operations.retry_labels(act=request.act, label_ids=[label_id]))


@route(router, "POST /labels/{label_id}/give-up", needs="shipments.write")
def give_up_label(request: ApiRequest, label_id: Id) -> Label:
    """Want a label no more. Refused with `in_doubt` while a carrier may have made it, and `not_in_queue`."""
    return done(request, label_id, operations.give_up_labels(act=request.act, label_ids=[label_id]))


@route(router, "POST /labels/{label_id}/cancel", needs="shipments.write")
def cancel_label(request: ApiRequest, label_id: Id) -> Label:
    """Take a label back from its carrier. Refused with `not_booked`, and `already_dispatched`."""
    return done(request, label_id, operations.cancel_labels(act=request.act, label_ids=[label_id]))


@route(router, "POST /labels/{label_id}/decide", needs="shipments.write")
def decide_label(request: ApiRequest, label_id: Id, asked: LabelDecision) -> Label:
    """Say what became of a booking that its carrier cannot be asked about. Refused with `not_in_doubt`."""
    number = asked.tracking_number or ""
    return done(request, label_id, operations.decide_label(act=request.act, label_id=label_id, tracking_number=number))


@route(router, "POST /labels/{label_id}/carrier", needs="shipments.write")
def change_label_carrier(request: ApiRequest, label_id: Id, asked: OtherCarrier) -> Label:
    """Give a label up and ask another carrier. The reply is the new label.

    Refused with `in_doubt`, `not_in_queue`, `carrier_not_connected`.
    """
    one(request, label_id)
    carrier_id = carrier_of(request, asked.carrier)
    changed = the_only(operations.change_carrier(act=request.act, label_id=label_id, carrier_id=carrier_id))
    return one(request, changed.document_id or 0)


def done(request: ApiRequest, label_id: int, outcomes: list[Outcome]) -> Label:
    """The label as a call has left it; raises what the call was refused with."""
    the_only(outcomes)
    return one(request, label_id)


def one(request: ApiRequest, label_id: int) -> Label:
    """A label; raises Missing."""
    found = labels(company_id=request.act.company_id, before=ID_MAX, count=1, only_id=label_id)
    if not found:
        raise Missing("There is no such label.", id=label_id)
    return found[0]


def carrier_of(request: ApiRequest, code: str) -> int:
    """The carrier of a code; raises Malformed."""
    found = Carrier.objects.filter(company_id=request.act.company_id, code=code).values_list("id", flat=True).first()
    if found is None:
        raise Malformed("There is no such carrier.", code="unknown_carrier", column="carrier")
    return found


def shown(row: CarrierConnection) -> Connection:
    """A connection as callers may see it."""
    return Connection(
        id=row.pk,
        carrier=row.carrier.code,
        protocol=row.protocol,
        base_url=row.base_url,
        settings=row.settings,
        secrets=dict.fromkeys(row.secrets, MASK),
        push_path=f"/carriers/{row.company_id}/{row.push_key}/",
        is_active=row.is_active,
        failures=row.failures,
        open_until=row.open_until,
    )
