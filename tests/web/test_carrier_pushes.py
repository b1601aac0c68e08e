"""What carriers push: taken when it is signed, refused in words when it is not, and never half."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.test import Client

from dinghuo.journey.shipping.models import CarrierConnection, Shipment, TrackingEvent, UnclaimedEvent
from dinghuo.journey.shipping.operations import ConnectionDraft, connect_carrier, name_tracking_number
from dinghuo.kernel import tenancy
from dinghuo.web import carrier_pushes
from tests.journey.shipping.conftest import Dock, dock

__all__ = ["dock"]

SALT, TOKEN = "the-salt", "the-token"


@dataclass
class Gate:
    """Two connections of one carrier, and what each would push of a shipment."""

    dock: Dock
    shipment: Shipment
    kuaidi: str
    track17: str

    def address(self, push_key: str) -> str:
        return f"/carriers/{self.dock.company.id}/{push_key}/"

    def push_kuaidi(self, *rows: dict[str, Any], salt: str = SALT, push_key: str = "", number: str = "KD1") -> Any:
        result = {"nu": number, "state": "0", "data": list(rows)}
        param = json.dumps({"status": "polling", "lastResult": result}, ensure_ascii=False)
        form = {"sign": hashlib.md5((param + salt).encode()).hexdigest().upper(), "param": param}
        kind = "application/x-www-form-urlencoded"
        # Nobody acts for a company when a carrier calls.
        with tenancy.acting_for(None):
            return Client().post(self.address(push_key or self.kuaidi), urlencode(form), content_type=kind)

    def push_track17(self, body: bytes, sign: str | None = None) -> Any:
        signed = hashlib.sha256(body + f"/{TOKEN}".encode()).hexdigest() if sign is None else sign
        with tenancy.acting_for(None):
            return Client().post(self.address(self.track17), body, content_type="application/json", headers={"sign": signed})


def a_row(code: str, days_ago: int = 0, text: str = "义乌") -> dict[str, Any]:
    when = datetime.now(UTC) + timedelta(hours=8) - timedelta(days=days_ago)
    return {"ftime": f"{when:%Y-%m-%d %H:%M:%S}", "context": text, "statusCode": code}


@pytest.fixture
def gate(dock: Dock) -> Iterator[Gate]:
    cache.clear()
    shipment = Shipment.objects.get(id=dock.sale(1).shipment_id)
    name_tracking_number(act=dock.act, shipment_id=shipment.id, tracking_number="KD1")
    ids = []
    for protocol, settings, secrets in (
        ("kuaidi100", {"customer": "c", "company_code": "yuantong"}, {"key": "k", "salt": SALT}),
        ("track17", {}, {"token": TOKEN}),
    ):
        draft = ConnectionDraft(dock.carrier.id, protocol, "http://127.0.0.1:9", settings, secrets)
        ids.append(CarrierConnection.objects.get(id=connect_carrier(act=dock.act, draft=draft).id).push_key)
    yield Gate(dock, shipment, *ids)
    cache.clear()


def carriers_events() -> list[str]:
    return list(TrackingEvent.objects.exclude(external_ref=None).order_by("occurred_at", "id").values_list("status", flat=True))


def test_a_signed_push_is_taken_and_the_same_again_changes_nothing(gate: Gate) -> None:
    rows = [a_row("301"), a_row("1", 3), a_row("77-new", 2)]
    first, again = gate.push_kuaidi(*rows), gate.push_kuaidi(*reversed(rows))
    assert (first.status_code, first.json()["taken"], first.json()["result"]) == (200, 3, True)
    assert (again.status_code, again.json()["taken"], again.json()["repeated"]) == (200, 0, 3)
    assert carriers_events() == ["picked_up", "", "delivered"]
    assert Shipment.objects.get(id=gate.shipment.id).state == "delivered"


def test_a_signed_push_of_17track_is_taken_with_its_estimate(gate: Gate) -> None:
    when = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    expected = (datetime.now(UTC) + timedelta(days=9)).date()
    info = {
        "time_metrics": {"estimated_delivery_date": {"to": f"{expected}T00:00:00Z"}},
        "tracking": {"providers": [{"events": [{"time_utc": when, "stage": "OutForDelivery", "description": "on van"}]}]},
    }
    body = json.dumps({"event": "TRACKING_UPDATED", "data": {"number": "KD1", "track_info": info}}).encode()
    assert gate.push_track17(body).json()["taken"] == 2
    assert gate.push_track17(body).json()["repeated"] == 2
    assert carriers_events() == ["out_for_delivery", "out_for_delivery"]
    assert Shipment.objects.get(id=gate.shipment.id).expected_on == expected


def test_an_unknown_number_is_kept(gate: Gate) -> None:
    assert gate.push_kuaidi(a_row("0"), number="OTHER").json()["kept"] == 1
    assert UnclaimedEvent.objects.get().tracking_number == "OTHER"


def test_what_is_not_signed_by_the_carrier_is_refused_and_leaves_nothing(gate: Gate) -> None:
    refused = [
        gate.push_kuaidi(a_row("301"), salt="wrong"),
        gate.push_kuaidi(a_row("301"), salt=""),
        gate.push_track17(b'{"data": {}}', sign="0" * 64),
        gate.push_track17(b'{"data": {}}', sign=""),
        gate.push_track17(b'{"data": {}}', sign="Ünsigned"),
    ]
    assert {(reply.status_code, reply.json()["code"]) for reply in refused} == {(401, "wrong_signature")}
    assert carriers_events() == []


def test_an_address_of_nobody_and_one_that_is_switched_off_answer_alike(gate: Gate) -> None:
    assert gate.push_kuaidi(a_row("301"), push_key="x" * 43).status_code == 404
    with tenancy.acting_for(None):
        assert Client().post(f"/carriers/999999999/{gate.kuaidi}/").status_code == 404
    CarrierConnection.objects.filter(push_key=gate.kuaidi).update(is_active=False)
    assert gate.push_kuaidi(a_row("301")).json()["code"] == "not_found"
    assert carriers_events() == []


def test_a_stale_push_is_refused_in_words(gate: Gate) -> None:
    reply = gate.push_kuaidi(a_row("301", 181), a_row("1", 300))
    assert (reply.status_code, reply.json()["code"]) == (409, "stale")
    assert carriers_events() == []


def test_a_push_that_is_signed_but_no_json_is_refused(gate: Gate) -> None:
    for body in (b"no json", b"[]", b'"x"'):
        assert gate.push_track17(body).json()["code"] == "malformed"
    assert gate.push_track17(b'{"data": {"number": ["x"], "track_info": 7}}').json()["taken"] == 0


def test_a_push_that_is_too_large_is_refused_before_it_is_read(gate: Gate) -> None:
    assert gate.push_track17(b" " * (carrier_pushes.BYTES_MAX + 1)).status_code == 413


def test_carriers_push_with_post_alone(gate: Gate) -> None:
    assert Client().get(gate.address(gate.kuaidi)).status_code == 405


def test_too_many_pushes_in_a_minute_are_refused(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrier_pushes, "PUSHES_A_MINUTE", 3)
    codes = [gate.push_kuaidi(a_row("0"), salt="wrong").status_code for _ in range(9)]
    assert codes[0] == 401
    assert codes[-1] == 429


def test_the_address_that_only_the_carrier_knows_is_in_no_log(gate: Gate, capfd: pytest.CaptureFixture[str]) -> None:
    gate.push_kuaidi(a_row("0"))
    gate.push_kuaidi(a_row("0"), salt="wrong")
    told = capfd.readouterr()
    assert gate.kuaidi not in told.out + told.err
    assert SALT not in told.out + told.err
