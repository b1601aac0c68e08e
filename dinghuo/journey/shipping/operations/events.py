"""What carriers say of goods on their way: taken once, in any order, and never moving goods back."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dinghuo.journey.shipping import errors
from dinghuo.journey.shipping.models import Shipment, ShipmentState
from dinghuo.journey.shipping.operations.dispatches import dispatch_shipments
from dinghuo.journey.shipping.operations.shipments import lock_shipments
from dinghuo.journey.shipping.tracking_states import CODE_MAX, GONE, TEXT_MAX, SeenEvent, fault_in_event
from dinghuo.kernel import journal, sql, states
from dinghuo.kernel.errors import Missing, Outcome
from dinghuo.kernel.journal import Happened, as_json
from dinghuo.kernel.tenancy import Act

CLAIMED_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Matched:
    """An event's place in what was told, and the shipment that it belongs to."""

    place: int
    shipment_id: int
    order_id: int
    state: str


@dataclass(frozen=True, slots=True)
class Taken:
    """An event that is new to its shipment."""

    shipment_id: int
    external_ref: str


@dataclass(frozen=True, slots=True)
class Followed:
    """What a shipment's events say of its arrival; `expected_on` is null where it has not moved."""

    shipment_id: int
    order_id: int
    number: str
    expected_before: date
    expected_on: date | None
    arrived_on: date | None


@dataclass(frozen=True, slots=True)
class Claimable:
    """An unclaimed event whose shipment is known by now."""

    id: int
    carrier_id: int
    tracking_number: str
    status: str
    occurred_at: datetime
    external_ref: str
    code: str
    text: str
    estimated_on: date | None
    raw: Any


@transaction.atomic
def record_events(*, act: Act, seen: Sequence[SeenEvent]) -> list[Outcome]:
    """Take carriers' events: each once, in any order. An outcome's id is the event's place, its document the shipment.

    A first word that goods are with the carrier dispatches a notice, delivery delivers, a new estimate moves the expected day. An
    event for a number that no shipment has is kept apart (`kept`), a known one changes nothing (`repeated`). Refuses `malformed`
    alone. Rule: docs/rules/carriers.md.
    """
    faults = {place: fault for place, row in enumerate(seen) if (fault := fault_in_event(row, act.at))}
    places = [place for place in range(len(seen)) if place not in faults]
    matched = match(act, seen, places)
    dispatch_gone(act, seen, matched)

    taken = take(act, seen, matched)
    strays = [seen[place] for place in places if place not in matched]
    keep(act, strays)
    follow(act, sorted({row.shipment_id for row in matched.values()}))

    refused = [Outcome(id=place, code=errors.MALFORMED, facts={"message": fault}) for place, fault in faults.items()]
    return [outcome_of(place, seen[place], matched.get(place), taken) for place in places] + refused


@transaction.atomic
def claim_events(*, act: Act) -> list[Outcome]:
    """Hand unclaimed events to the shipments that have got their tracking numbers since; an outcome's id is the event's.

    Takes at most 5,000 at once, the oldest first; the next run goes on.
    """
    found = sql.rows("shipping/claimable_events", Claimable, company_id=act.company_id, count=CLAIMED_AT_ONCE)
    if not found:
        return []
    seen = [as_seen(row) for row in found]
    matched = match(act, seen, range(len(seen)))
    dispatch_gone(act, seen, matched)

    take(act, seen, matched)
    claimed = {found[place].id: row.shipment_id for place, row in matched.items()}
    ids = sorted(claimed)
    sql.execute(
        "shipping/claim_events",
        company_id=act.company_id,
        at=act.at,
        ids=ids,
        shipment_ids=[claimed[key] for key in ids],
    )
    follow(act, sorted(set(claimed.values())))
    return [Outcome(id=key, document_id=claimed[key]) for key in ids]


@transaction.atomic
def name_tracking_number(*, act: Act, shipment_id: int, tracking_number: str) -> Outcome:
    """Say by which number the carrier knows a shipment; events that came for it before find it then.

    Raises Missing. Refuses `shipment_cancelled`.
    """
    shipments = lock_shipments(act, [shipment_id])
    if not shipments:
        raise Missing("There is no such shipment.", id=shipment_id)
    (shipment,) = shipments
    if shipment.state == ShipmentState.CANCELLED:
        return Outcome(id=shipment_id, code=errors.SHIPMENT_CANCELLED, facts={"number": shipment.number})

    Shipment.objects.filter(company_id=act.company_id, id=shipment_id).update(tracking_number=tracking_number)

    facts = {"number": shipment.number, "tracking_number": tracking_number}
    journal.record(act, "TrackingNumberKnown", "shipment", [Happened(shipment_id, shipment.order_id, facts)])
    return Outcome(id=shipment_id)


def match(act: Act, seen: Sequence[SeenEvent], places: Sequence[int]) -> dict[int, Matched]:
    """The shipment of each event that has one, by the event's place."""
    if not places:
        return {}
    found = sql.rows(
        "shipping/match_events",
        Matched,
        company_id=act.company_id,
        places=list(places),
        carrier_ids=[seen[place].carrier_id for place in places],
        tracking_numbers=[seen[place].tracking_number for place in places],
    )
    return {row.place: row for row in found}


def dispatch_gone(act: Act, seen: Sequence[SeenEvent], matched: Mapping[int, Matched]) -> None:
    """Dispatch the notices that a carrier says it has. One that may not leave stays a notice, its events beside it."""
    gone = {row.shipment_id for place, row in matched.items() if row.state == ShipmentState.NOTICE and seen[place].status in GONE}
    # Dispatch locks orders and stock, which come before shipments.
    if gone:
        dispatch_shipments(act=act, shipment_ids=sorted(gone))


def take(act: Act, seen: Sequence[SeenEvent], matched: Mapping[int, Matched]) -> set[tuple[int, str]]:
    """Put events on their shipments, which are locked first; returns which are new, by shipment and reference."""
    if not matched:
        return set()
    lock_shipments(act, sorted({row.shipment_id for row in matched.values()}))
    new = sql.rows(
        "shipping/take_events",
        Taken,
        company_id=act.company_id,
        at=act.at,
        shipment_ids=[row.shipment_id for row in matched.values()],
        **columns([seen[place] for place in matched]),
    )
    return {(row.shipment_id, row.external_ref) for row in new}


def keep(act: Act, strays: Sequence[SeenEvent]) -> None:
    """Keep events that no shipment is known for."""
    if strays:
        sql.execute(
            "shipping/keep_events",
            company_id=act.company_id,
            at=act.at,
            carrier_ids=[row.carrier_id for row in strays],
            tracking_numbers=[row.tracking_number for row in strays],
            **columns(strays),
        )


def follow(act: Act, shipment_ids: list[int]) -> None:
    """Draw from all events of shipments what they say: the day goods are expected, and that they have arrived."""
    if not shipment_ids:
        return
    told = sql.rows("shipping/follow_events", Followed, company_id=act.company_id, today=act.on, shipment_ids=shipment_ids)
    arrived = {row.shipment_id: row.arrived_on for row in told if row.arrived_on is not None}
    moved = states.move(
        Shipment, company_id=act.company_id, ids=list(arrived), to=ShipmentState.DELIVERED, also={"delivered_on": arrived}
    )
    assert moved == set(arrived), "a locked shipment on the road arrives"
    delivered = [Happened(row.shipment_id, row.order_id, {"number": row.number}) for row in told if row.arrived_on is not None]
    journal.record(act, "ShipmentDelivered", "shipment", delivered)
    journal.record(act, "ArrivalMoved", "shipment", [arrival_moved(row) for row in told if row.expected_on is not None])


def arrival_moved(row: Followed) -> Happened:
    """The event of an expected day that a carrier has moved."""
    return Happened(
        row.shipment_id,
        row.order_id,
        {"number": row.number, "before": row.expected_before, "expected_on": row.expected_on},
    )


def outcome_of(place: int, seen: SeenEvent, matched: Matched | None, taken: set[tuple[int, str]]) -> Outcome:
    """What became of an event that was well formed."""
    if matched is None:
        return Outcome(id=place, facts={"kept": True})
    is_new = (matched.shipment_id, seen.external_ref) in taken
    return Outcome(id=place, document_id=matched.shipment_id, facts={} if is_new else {"repeated": True})


def as_seen(row: Claimable) -> SeenEvent:
    """An unclaimed event as it was told."""
    return SeenEvent(**{name: value for name, value in asdict(row).items() if name != "id"})


def columns(seen: Sequence[SeenEvent]) -> dict[str, list[Any]]:
    """Events as the lists that the statements take, without what no column holds."""
    return {
        "statuses": [row.status for row in seen],
        "codes": [plain(row.code)[:CODE_MAX] for row in seen],
        "texts": [plain(row.text)[:TEXT_MAX] for row in seen],
        "occurred": [row.occurred_at for row in seen],
        "estimated": [row.estimated_on for row in seen],
        "refs": [row.external_ref for row in seen],
        "raws": [as_json(row.raw).replace("\\u0000", "\\ufffd") for row in seen],
    }


def plain(text: str) -> str:
    """A text without the one character that no column holds."""
    return text.replace("\0", "")
