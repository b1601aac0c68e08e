"""DHL Parcel Germany: labels by its Shipping API, version 2, as PDF or ZPL, and tracking by its unified tracking API.

The Shipping API finds an order by DHL's number alone, so a booking whose answer was lost cannot be asked for: a person decides.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from babel.core import get_global

from dinghuo.journey.shipping.carriers.port import (
    Booked,
    CannotBeAsked,
    Connection,
    Consignment,
    Declined,
    Doubtful,
    Party,
    Push,
)
from dinghuo.journey.shipping.carriers.wire import Answer, call, day, moment, objects, reference, text_of
from dinghuo.journey.shipping.tracking_states import SeenEvent

SHIPPING: Final = "/parcel/de/shipping/v2/orders"
TRACKING: Final = "/track/shipments"
PROFILE: Final = "STANDARD_GRUPPENPROFIL"
NAME_MAX: Final = 50
GRAMS: Final = 1000
NOT_FOUND: Final = 404
BAD: Final = 400

STATES: Final = {
    "pre-transit": "announced",
    "transit": "in_transit",
    "delivered": "delivered",
    "failure": "exception",
}

# ISO 3166 alpha-2 to alpha-3, which is what DHL writes.
LONG_CODES: Final = {
    short[0]: long
    for long, short in get_global("territory_aliases").items()
    if len(long) == 3 and long.isalpha() and len(short) == 1
}


@dataclass(frozen=True, slots=True)
class DhlParcelDe:
    """One account: settings `user`, `billing_number`, `product`, `label_format` (pdf, zpl); secrets `password` and `api_key`."""

    connection: Connection

    def book(self, consignment: Consignment) -> Booked:
        """Order one shipment with its label in the answer."""
        settings = self.connection.settings
        shipment = {
            "product": settings.get("product") or "V01PAK",
            "billingNumber": settings.get("billing_number", ""),
            "refNo": consignment.request_ref,
            "shipper": address(consignment.sender),
            "consignee": address(consignment.receiver),
            "details": {"weight": {"uom": "g", "value": int(consignment.weight_kg * GRAMS)}},
        }
        body = {"profile": PROFILE, "shipments": [shipment]}
        answer = self._call("POST", SHIPPING, params=self._as_label(), json=body)
        return self._label(answered(answer))

    def find(self, consignment: Consignment) -> Booked | None:
        """DHL finds orders by its own numbers alone."""
        raise CannotBeAsked("DHL finds no order by our reference")

    def label(self, tracking_number: str) -> Booked:
        """The label of an order again."""
        return self._label(answered(self._call("GET", SHIPPING, params={"shipment": tracking_number, **self._as_label()})))

    def cancel(self, consignment: Consignment, tracking_number: str) -> None:
        """Delete an order that has not been handed over; one that is not there any more is gone."""
        answer = self._call("DELETE", SHIPPING, params={"profile": PROFILE, "shipment": tracking_number})
        if answer.status != NOT_FOUND:
            answered(answer)

    def track(self, tracking_numbers: Sequence[str], now: datetime) -> list[SeenEvent]:
        """Ask for one number after the other."""
        seen: list[SeenEvent] = []
        for number in tracking_numbers:
            answer = self._call("GET", TRACKING, params={"trackingNumber": number})
            if answer.status == NOT_FOUND:
                continue
            if answer.status >= BAD:
                raise Declined(str(answer.status), text_of(answer.json(), "detail"))
            for found in objects(answer.json().get("shipments")):
                seen += self._seen(number, found)
        return seen

    def follow(self, tracking_number: str) -> None:
        """Nothing to do: DHL is polled."""

    def read_push(self, push: Push) -> list[SeenEvent]:
        """DHL's pushes are not spoken here, so none is taken."""
        raise CannotBeAsked("DHL is polled")

    def _seen(self, number: str, found: dict[str, Any]) -> list[SeenEvent]:
        rows = objects(found.get("events"))
        newest = max((text_of(row, "timestamp") for row in rows), default="")
        expected = day(text_of(found, "estimatedTimeOfDelivery"))
        seen = []
        for row in rows:
            when = moment(text_of(row, "timestamp"), UTC)
            if when is None:
                continue
            estimated = expected if text_of(row, "timestamp") == newest else None
            code = text_of(row, "statusCode") or text_of(row, "status")
            text = text_of(row, "description") or text_of(row, "status")
            ref = reference(when.isoformat(), code, text, str(estimated or ""))
            seen.append(SeenEvent(self.connection.carrier_id, number, STATES.get(code, ""), when, ref, code, text, estimated, row))
        return seen

    def _label(self, said: dict[str, Any]) -> Booked:
        item = next(iter(objects(said.get("items"))), {})
        number, label = text_of(item, "shipmentNo"), item.get("label")
        if not number:
            raise Doubtful("DHL names no shipment number")
        if not isinstance(label, dict):
            return Booked(number)
        if self._is_zpl():
            return Booked(number, text_of(label, "zpl2").encode(), "zpl") if label.get("zpl2") else Booked(number)
        try:
            return Booked(number, base64.b64decode(text_of(label, "b64"), validate=True), "pdf")
        except binascii.Error:
            # The label is made; only its picture is broken, and can be fetched again.
            return Booked(number)

    def _as_label(self) -> dict[str, str]:
        return {"includeDocs": "include", "docFormat": "ZPL2" if self._is_zpl() else "PDF"}

    def _is_zpl(self) -> bool:
        return self.connection.settings.get("label_format") == "zpl"

    def _call(self, method: str, path: str, **content: Any) -> Answer:
        settings, secrets = self.connection.settings, self.connection.secrets
        signed = base64.b64encode(f"{settings.get('user', '')}:{secrets['password']}".encode()).decode()
        headers = {"dhl-api-key": secrets["api_key"], "Authorization": f"Basic {signed}", "Accept": "application/json"}
        return call(method, f"{self.connection.base_url}{path}", headers=headers, **content)


def answered(answer: Answer) -> dict[str, Any]:
    """What DHL answered, if it did what it was asked; raises Declined with the first thing it finds wrong."""
    said = answer.json()
    if answer.status < BAD:
        return said
    status = said.get("status")
    words = text_of(status, "detail") or text_of(status, "title") if isinstance(status, dict) else text_of(said, "detail")
    faults = [fault for item in objects(said.get("items")) for fault in objects(item.get("validationMessages"))]
    grave = next((fault for fault in faults if text_of(fault, "validationState") != "Warning"), None)
    if grave is not None:
        words = f"{text_of(grave, 'property')}: {text_of(grave, 'validationMessage')}"
    raise Declined(str(answer.status), words)


def address(party: Party) -> dict[str, str]:
    """A party as DHL writes it."""
    return {
        "name1": party.name[:NAME_MAX],
        "addressStreet": party.address[:NAME_MAX],
        "postalCode": party.postcode,
        "city": party.city,
        "country": LONG_CODES.get(party.country, party.country),
    }
