"""SF Express, as its open platform publishes it: signed forms, an order number of ours, and routes by waybill.

Each call is a form with the service's code and a JSON text, signed by MD5 over the URL-encoded text, the time and the check word.
The order number is ours and unique to SF, so a second order under it is refused and the first can be found by it.
"""

import base64
import hashlib
import json
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote_plus, urlsplit
from zoneinfo import ZoneInfo

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
from dinghuo.journey.shipping.carriers.wire import as_object, call, moment, objects, reference, text_of
from dinghuo.journey.shipping.tracking_states import SeenEvent

ZONE: Final = ZoneInfo("Asia/Shanghai")
ACCEPTED: Final = "A1000"
ORDERED_ALREADY: Final = "8016"
NOT_ORDERED: Final = frozenset({"8024"})
CANCELLED_ALREADY: Final = frozenset({"8037"})
CANCEL: Final = 2
OWN_HOST: Final = ".sf-express.com"

# What the operation codes of its routes mean to us.
STATES: Final = {
    "50": "picked_up",
    "54": "picked_up",
    "30": "in_transit",
    "31": "in_transit",
    "36": "in_transit",
    "44": "out_for_delivery",
    "204": "out_for_delivery",
    "125": "ready_for_pickup",
    "33": "exception",
    "70": "exception",
    "80": "delivered",
    "8000": "delivered",
    "99": "returned",
    "648": "returned",
}


@dataclass(frozen=True, slots=True)
class SfExpress:
    """SF Express by one account: settings `partner_id`, `monthly_card`, `express_type`; secret `checkword`."""

    connection: Connection

    def book(self, consignment: Consignment) -> Booked:
        """Place an order; one that SF has under our number already is the one that we want."""
        settings = self.connection.settings
        asked = {
            "language": "zh-CN",
            "orderId": consignment.request_ref,
            "cargoDetails": [{"name": consignment.number, "count": 1, "weight": float(consignment.weight_kg)}],
            "contactInfoList": [contact(1, consignment.sender), contact(2, consignment.receiver)],
            "monthlyCard": settings.get("monthly_card", ""),
            "expressTypeId": int(settings.get("express_type") or 1),
            "payMethod": 1,
            "parcelQty": 1,
            "totalWeight": float(consignment.weight_kg),
            "isReturnRoutelabel": 1,
        }
        said = self._ask("EXP_RECE_CREATE_ORDER", asked)
        if text_of(said, "errorCode") == ORDERED_ALREADY:
            found = self.find(consignment)
            if found is None:
                raise Doubtful("SF knows the order and does not find it")
            return found
        return waybill(accepted(said))

    def find(self, consignment: Consignment) -> Booked | None:
        """The waybill that SF has for our order number."""
        said = self._ask("EXP_RECE_SEARCH_ORDER_RESP", {"searchType": "1", "orderId": consignment.request_ref})
        if text_of(said, "errorCode") in NOT_ORDERED:
            return None
        if said.get("success") is not True:
            # Whatever else it says is about the question, not about the order.
            raise Doubtful(text_of(said, "errorCode"))
        return waybill(said)

    def label(self, tracking_number: str) -> Booked:
        """The waybill as PDF, printed by SF and fetched from the address that it names."""
        asked = {
            "templateCode": self.connection.settings.get("template", "fm_150_standard_") + self.connection.settings["partner_id"],
            "version": "2.0",
            "fileType": "pdf",
            "sync": True,
            "documents": [{"masterWaybillNo": tracking_number}],
        }
        said = accepted(self._ask("COM_RECE_CLOUD_PRINT_WAYBILLS", asked))
        printed = said.get("obj")
        files = objects(printed.get("files")) if isinstance(printed, dict) else []
        if not files or not self._is_own(text_of(files[0], "url")):
            raise Doubtful("SF names no file of its own")
        fetched = call("GET", text_of(files[0], "url"), headers={"X-Auth-token": text_of(files[0], "token")})
        if not fetched.body.startswith(b"%PDF"):
            raise Doubtful("the label is no PDF")
        return Booked(tracking_number, fetched.body, "pdf")

    def cancel(self, consignment: Consignment, tracking_number: str) -> None:
        """Cancel the order under our number."""
        said = self._ask("EXP_RECE_UPDATE_ORDER", {"orderId": consignment.request_ref, "dealType": CANCEL})
        if text_of(said, "errorCode") not in CANCELLED_ALREADY | NOT_ORDERED:
            accepted(said)

    def track(self, tracking_numbers: Sequence[str], now: datetime) -> list[SeenEvent]:
        """The routes of waybills; SF writes China's time."""
        asked = {"language": "0", "trackingType": "1", "trackingNumber": list(tracking_numbers), "methodType": "1"}
        said = accepted(self._ask("EXP_RECE_SEARCH_ROUTES", asked))
        found = said.get("msgData")
        ways = objects(found.get("routeResps")) if isinstance(found, dict) else []
        seen = [self._seen(text_of(way, "mailNo"), row) for way in ways for row in objects(way.get("routes"))]
        return [event for event in seen if event is not None]

    def follow(self, tracking_number: str) -> None:
        """Nothing to do: SF is polled."""

    def read_push(self, push: Push) -> list[SeenEvent]:
        """SF signs no push, so none is taken."""
        raise CannotBeAsked("SF Express is polled")

    def _seen(self, number: str, row: dict[str, Any]) -> SeenEvent | None:
        when, code = moment(text_of(row, "acceptTime"), ZONE), text_of(row, "opCode")
        if when is None or not number:
            return None
        text = " ".join(filter(None, [text_of(row, "acceptAddress"), text_of(row, "remark")]))
        ref = reference(when.isoformat(), code, text)
        return SeenEvent(self.connection.carrier_id, number, STATES.get(code, ""), when, ref, code, text, raw=row)

    def _ask(self, service: str, asked: dict[str, Any]) -> dict[str, Any]:
        message, now = json.dumps(asked, ensure_ascii=False, separators=(",", ":")), str(int(time.time()))
        form = {
            "partnerID": self.connection.settings["partner_id"],
            "requestID": str(uuid.uuid4()),
            "serviceCode": service,
            "timestamp": now,
            "msgDigest": digest(message, now, self.connection.secrets["checkword"]),
            "msgData": message,
        }
        answer = call("POST", f"{self.connection.base_url}/std/service", data=form).json()
        if text_of(answer, "apiResultCode") != ACCEPTED:
            # The platform refuses a request before SF sees it: wrong signature, unknown service, too many at once.
            raise Declined(text_of(answer, "apiResultCode"), text_of(answer, "apiErrorMsg"))
        result = answer.get("apiResultData")
        return result if isinstance(result, dict) else as_object(str(result))

    def _is_own(self, url: str) -> bool:
        host = urlsplit(url).hostname or ""
        return host == urlsplit(self.connection.base_url).hostname or host.endswith(OWN_HOST)


def digest(message: str, timestamp: str, checkword: str) -> str:
    """The signature of a request: MD5 over the URL-encoded text, in Base64. Source: SF open platform, signing.

    The encoding is that of HTML forms, which leaves the asterisk alone and encodes the tilde.
    """
    signed = quote_plus(message + timestamp + checkword, safe="*").replace("~", "%7E")
    return base64.b64encode(hashlib.md5(signed.encode(), usedforsecurity=False).digest()).decode()


def contact(kind: int, party: Party) -> dict[str, Any]:
    """A party as SF writes it: 1 sends, 2 receives."""
    return {
        "contactType": kind,
        "contact": party.name,
        "mobile": party.phone,
        "country": party.country,
        "city": party.city,
        "address": party.address,
        "postCode": party.postcode,
    }


def accepted(said: dict[str, Any]) -> dict[str, Any]:
    """What SF answered, if it did what it was asked; raises Declined with its words."""
    if said.get("success") is not True:
        raise Declined(text_of(said, "errorCode"), text_of(said, "errorMsg") or text_of(said, "errorMessage"))
    return said


def waybill(said: dict[str, Any]) -> Booked:
    """The main waybill of an order; raises Doubtful when SF names none."""
    found = said.get("msgData")
    numbers = objects(found.get("waybillNoInfoList")) if isinstance(found, dict) else []
    number = next((text_of(row, "waybillNo") for row in numbers if text_of(row, "waybillType") in {"1", ""}), "")
    if not number:
        raise Doubtful("SF names no waybill")
    return Booked(number)
