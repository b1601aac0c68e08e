"""Kuaidi100, which follows parcels of many carriers: queries, subscriptions and pushes, each signed by MD5 as it publishes.

It makes no labels. A push is signed with the salt that we chose when we subscribed.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from dinghuo.journey.shipping.carriers.port import (
    Booked,
    CannotBeAsked,
    Connection,
    Consignment,
    Declined,
    Forged,
    Push,
)
from dinghuo.journey.shipping.carriers.wire import as_object, call, is_same, moment, objects, reference, text_of
from dinghuo.journey.shipping.tracking_states import SeenEvent

ZONE: Final = ZoneInfo("Asia/Shanghai")
FINE: Final = "200"
SUBSCRIBED_ALREADY: Final = "501"
NOTHING_YET: Final = "500"

# Its states: the whole number first, then the family that the first digit names.
STATES: Final = {
    "0": "in_transit",
    "1": "picked_up",
    "101": "announced",
    "102": "announced",
    "103": "picked_up",
    "1001": "in_transit",
    "1002": "in_transit",
    "1003": "in_transit",
    "2": "exception",
    "3": "delivered",
    "301": "delivered",
    "302": "delivered",
    "303": "delivered",
    "304": "delivered",
    "4": "returned",
    "401": "exception",
    "5": "out_for_delivery",
    "501": "ready_for_pickup",
    "6": "returned",
    "7": "in_transit",
    "8": "in_transit",
    "10": "in_transit",
    "11": "in_transit",
    "12": "in_transit",
    "13": "exception",
    "14": "exception",
}
TROUBLE: Final = frozenset(str(code) for code in range(201, 212))


@dataclass(frozen=True, slots=True)
class Kuaidi100:
    """Kuaidi100 for one carrier: settings `customer`, `company_code` (its name for the carrier); secrets `key`, `salt`."""

    connection: Connection

    def book(self, consignment: Consignment) -> Booked:
        """It follows parcels and makes no labels."""
        raise CannotBeAsked("Kuaidi100 makes no labels")

    def find(self, consignment: Consignment) -> Booked | None:
        """It follows parcels and makes no labels."""
        raise CannotBeAsked("Kuaidi100 makes no labels")

    def label(self, tracking_number: str) -> Booked:
        """It follows parcels and makes no labels."""
        raise CannotBeAsked("Kuaidi100 makes no labels")

    def cancel(self, consignment: Consignment, tracking_number: str) -> None:
        """It follows parcels and makes no labels."""
        raise CannotBeAsked("Kuaidi100 makes no labels")

    def track(self, tracking_numbers: Sequence[str], now: datetime) -> list[SeenEvent]:
        """Query one number after the other, as its protocol has it."""
        seen: list[SeenEvent] = []
        for number in tracking_numbers:
            seen += self._query(number)
        return seen

    def follow(self, tracking_number: str) -> None:
        """Subscribe to a number, if there is an address to push to; one that is subscribed to already is fine."""
        if not self.connection.callback_url:
            return
        asked = {
            "company": self.connection.settings["company_code"],
            "number": tracking_number,
            "key": self.connection.secrets["key"],
            "parameters": {
                "callbackurl": self.connection.callback_url,
                "salt": self.connection.secrets["salt"],
                "resultv2": "4",
            },
        }
        form = {"schema": "json", "param": written(asked)}
        said = call("POST", f"{self.connection.base_url}/poll", data=form).json()
        code = text_of(said, "returnCode")
        if code not in {FINE, SUBSCRIBED_ALREADY}:
            raise Declined(code, text_of(said, "message"))

    def read_push(self, push: Push) -> list[SeenEvent]:
        """The events of a form whose `sign` is the MD5 of `param` and our salt."""
        form = parse_qs(push.body.decode("utf-8", "replace"), keep_blank_values=True)
        param, sign = form.get("param", [""])[0], form.get("sign", [""])[0]
        if not sign or not is_same(sign, md5(param + self.connection.secrets["salt"])):
            raise Forged("the signature is not ours")
        result = as_object(param).get("lastResult")
        return self._seen(result) if isinstance(result, dict) else []

    def _query(self, number: str) -> list[SeenEvent]:
        settings, secrets = self.connection.settings, self.connection.secrets
        param = written({"com": settings["company_code"], "num": number, "resultv2": "4"})
        form = {
            "customer": settings["customer"],
            "sign": md5(param + secrets["key"] + settings["customer"]),
            "param": param,
        }
        said = call("POST", f"{self.connection.base_url}/poll/query.do", data=form).json()
        if "data" in said:
            return self._seen(said)
        if text_of(said, "returnCode") == NOTHING_YET:
            return []
        raise Declined(text_of(said, "returnCode"), text_of(said, "message"))

    def _seen(self, result: dict[str, Any]) -> list[SeenEvent]:
        number = text_of(result, "nu")
        seen = []
        for row in objects(result.get("data")):
            when = moment(text_of(row, "ftime") or text_of(row, "time"), ZONE)
            if when is None or not number:
                continue
            code, text = text_of(row, "statusCode") or text_of(row, "status"), text_of(row, "context")
            ref = reference(when.isoformat(), code, text)
            seen.append(SeenEvent(self.connection.carrier_id, number, state_of(code), when, ref, code, text, raw=row))
        return seen


def state_of(code: str) -> str:
    """What a state of theirs means to us, empty for one that is not known."""
    return "exception" if code in TROUBLE else STATES.get(code, "")


def md5(text: str) -> str:
    """MD5 in capitals, as Kuaidi100 signs."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()


def written(asked: dict[str, Any]) -> str:
    """What is asked as the JSON text that is signed."""
    return json.dumps(asked, ensure_ascii=False, separators=(",", ":"))
