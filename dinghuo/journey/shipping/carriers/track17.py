"""17TRACK, version 2.2, which follows parcels of many carriers: numbers are registered, asked for, or pushed and signed.

It makes no labels. A push is signed with SHA-256 over the body, a slash and our key.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from dinghuo.journey.shipping.carriers.port import (
    Booked,
    CannotBeAsked,
    Connection,
    Consignment,
    Declined,
    Forged,
    Push,
)
from dinghuo.journey.shipping.carriers.wire import as_object, call, day, is_same, moment, objects, reference, text_of
from dinghuo.journey.shipping.tracking_states import SeenEvent

NUMBERS_AT_ONCE: Final = 40
REGISTERED_ALREADY: Final = "-18019901"

# Stages of its events, and the main states for events that name no stage.
STATES: Final = {
    "InfoReceived": "announced",
    "PickedUp": "picked_up",
    "InTransit_PickedUp": "picked_up",
    "Departure": "in_transit",
    "Arrival": "in_transit",
    "InTransit": "in_transit",
    "AvailableForPickup": "ready_for_pickup",
    "OutForDelivery": "out_for_delivery",
    "DeliveryFailure": "exception",
    "Exception": "exception",
    "Expired": "exception",
    "Returning": "exception",
    "Exception_Returned": "returned",
    "Returned": "returned",
    "Delivered": "delivered",
}


@dataclass(frozen=True, slots=True)
class Track17:
    """17TRACK for one carrier: setting `company_code` (its number for the carrier, may be empty); secret `token`."""

    connection: Connection

    def book(self, consignment: Consignment) -> Booked:
        """It follows parcels and makes no labels."""
        raise CannotBeAsked("17TRACK makes no labels")

    def find(self, consignment: Consignment) -> Booked | None:
        """It follows parcels and makes no labels."""
        raise CannotBeAsked("17TRACK makes no labels")

    def label(self, tracking_number: str) -> Booked:
        """It follows parcels and makes no labels."""
        raise CannotBeAsked("17TRACK makes no labels")

    def cancel(self, consignment: Consignment, tracking_number: str) -> None:
        """It follows parcels and makes no labels."""
        raise CannotBeAsked("17TRACK makes no labels")

    def track(self, tracking_numbers: Sequence[str], now: datetime) -> list[SeenEvent]:
        """Ask for numbers, forty at a time; what it does not know yet has no events."""
        seen: list[SeenEvent] = []
        for start in range(0, len(tracking_numbers), NUMBERS_AT_ONCE):
            part = tracking_numbers[start : start + NUMBERS_AT_ONCE]
            for row in objects(self._ask("gettrackinfo", part).get("accepted")):
                seen += self._seen(row)
        return seen

    def follow(self, tracking_number: str) -> None:
        """Register a number; one that is registered already is fine."""
        for row in objects(self._ask("register", [tracking_number]).get("rejected")):
            fault = row.get("error")
            code, words = (text_of(fault, "code"), text_of(fault, "message")) if isinstance(fault, dict) else ("", "")
            if code != REGISTERED_ALREADY:
                raise Declined(code, words)

    def read_push(self, push: Push) -> list[SeenEvent]:
        """The events of a body that its header `sign` belongs to."""
        expected = hashlib.sha256(push.body + b"/" + self.connection.secrets["token"].encode()).hexdigest()
        if not is_same(push.headers.get("sign", ""), expected):
            raise Forged("the signature is not ours")
        data = as_object(push.body).get("data")
        return self._seen(data) if isinstance(data, dict) else []

    def _ask(self, what: str, numbers: Sequence[str]) -> dict[str, Any]:
        carrier = self.connection.settings.get("company_code") or ""
        more = {"carrier": int(carrier)} if carrier.isdigit() else {}
        answer = call(
            "POST",
            f"{self.connection.base_url}/track/v2.2/{what}",
            headers={"17token": self.connection.secrets["token"]},
            json=[{"number": number, **more} for number in numbers],
        ).json()
        data = answer.get("data")
        if text_of(answer, "code") != "0" or not isinstance(data, dict):
            raise Declined(text_of(answer, "code"), str(data)[:200])
        return data

    def _seen(self, row: dict[str, Any]) -> list[SeenEvent]:
        number, info = text_of(row, "number"), row.get("track_info")
        if not number or not isinstance(info, dict):
            return []
        tracking = info.get("tracking")
        providers = objects(tracking.get("providers")) if isinstance(tracking, dict) else []
        told = [event for provider in providers for event in objects(provider.get("events"))]
        seen = [event for event in (self._event(number, fact) for fact in told) if event is not None]
        return with_estimate(seen, estimate(info))

    def _event(self, number: str, fact: dict[str, Any]) -> SeenEvent | None:
        when = moment(text_of(fact, "time_utc")) or moment(text_of(fact, "time_iso"))
        if when is None:
            return None
        code = text_of(fact, "stage") or text_of(fact, "sub_status")
        text = " ".join(filter(None, [text_of(fact, "location"), text_of(fact, "description")]))
        ref = reference(when.isoformat(), code, text)
        return SeenEvent(self.connection.carrier_id, number, state_of(code), when, ref, code, text, raw=fact)


def state_of(code: str) -> str:
    """What a stage or sub-status means to us: the whole name first, then its main state; empty for one that is not known."""
    return STATES.get(code) or STATES.get(code.partition("_")[0], "")


def estimate(info: dict[str, Any]) -> date | None:
    """The last day of the window in which 17TRACK expects the parcel, if it does."""
    metrics = info.get("time_metrics")
    window = metrics.get("estimated_delivery_date") if isinstance(metrics, dict) else None
    return day(text_of(window, "to") or text_of(window, "from")) if isinstance(window, dict) else None


def with_estimate(seen: list[SeenEvent], estimated_on: date | None) -> list[SeenEvent]:
    """Events with the estimate on the latest of them: an estimate is given for the parcel and is as old as its latest event.

    An event that comes again with another estimate is another event to us, so that the estimate is not lost.
    """
    if not seen or estimated_on is None:
        return seen
    latest = max(seen, key=lambda event: (event.occurred_at, event.external_ref))
    told = SeenEvent(
        latest.carrier_id,
        latest.tracking_number,
        latest.status,
        latest.occurred_at,
        reference(latest.external_ref, estimated_on.isoformat()),
        latest.code,
        latest.text,
        estimated_on,
        {"estimated_on": estimated_on.isoformat()},
    )
    return [*seen, told]
