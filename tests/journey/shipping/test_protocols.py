"""Each protocol as its carrier publishes it: signed requests, their words in ours, and what is said when something is wrong."""

import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from dinghuo.journey.shipping.carriers import kuaidi100, track17, wire
from dinghuo.journey.shipping.carriers.port import (
    CannotBeAsked,
    CarrierPort,
    Connection,
    Consignment,
    Declined,
    Doubtful,
    NotReached,
    Party,
    Push,
    Secrets,
)
from dinghuo.journey.shipping.carriers.protocols import PROTOCOLS, port_of
from dinghuo.journey.shipping.carriers.sf_express import digest
from dinghuo.journey.shipping.label_rules import again_at, open_until, postcode_in
from dinghuo.journey.shipping.tracking_states import TrackingState
from tests.builders import NOW
from tests.journey.shipping import carrier_server as server
from tests.journey.shipping.carrier_server import Carriers
from tests.journey.shipping.test_labels import SETTINGS

SENDER = Party("义乌贸易", "Chouzhou Rd 1", "Yiwu", "322000", "CN", "057912345")
RECEIVER = Party("Käse & Söhne GmbH", "Große Straße 7", "Frankfurt", "60311", "DE", "+49 69 1")
PARCEL = Consignment("SN2026-000001-abcd", "SN2026-000001", SENDER, RECEIVER, Decimal("1.250"))


@pytest.fixture
def carriers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Carriers]:
    monkeypatch.setattr(wire, "ANSWER_SECONDS", 2.0)
    with server.running() as running:
        yield running


def spoken(carriers: Carriers, protocol: str, **secrets: str) -> CarrierPort:
    """The port of a protocol, at the local carriers."""
    settings, known = SETTINGS.get(protocol, ({}, {}))
    return port_of(Connection(7, protocol, carriers.url, settings, Secrets({**known, **secrets}), "https://us.example/push/"))


def test_sf_signs_as_its_open_platform_computes_it() -> None:
    # MD5 over the form-encoded text and Base64, computed with the platform's own formula by hand.
    text = "%7B%22a%22%3A%22%E9%A1%BA%E4%B8%B0+*%7E%22%7D1700000000word"
    expected = base64.b64encode(hashlib.md5(text.encode()).digest()).decode()
    assert digest('{"a":"顺丰 *~"}', "1700000000", "word") == expected


def test_kuaidi100_follows_queries_and_says_no(carriers: Carriers) -> None:
    port = spoken(carriers, "kuaidi100")
    carriers.routes["YT1"] = [
        {"ftime": "2026-03-02 10:00:00", "context": "已签收", "statusCode": "301"},
        {"time": "2026-03-01 10:00:00", "context": "派件异常", "status": "疑难", "statusCode": "205"},
        {"ftime": "soon", "context": "?", "statusCode": "0"},
    ]
    first, second = port.track(["YT1", "YT2"], NOW)
    assert (first.status, first.occurred_at, first.code) == ("delivered", datetime(2026, 3, 2, 2, tzinfo=UTC), "301")
    assert (second.status, second.raw["status"]) == ("exception", "疑难")
    port.follow("YT1")
    assert carriers.calls["follow YT1 https://us.example/push/"] == 1
    with pytest.raises(Declined, match="验证签名失败"):
        spoken(carriers, "kuaidi100", key="wrong").track(["YT1"], NOW)
    with pytest.raises(Declined):
        spoken(carriers, "kuaidi100", salt="wrong").follow("YT1")


def test_17track_registers_asks_and_gives_an_estimate_once(carriers: Carriers) -> None:
    port = spoken(carriers, "track17")
    carriers.routes["T1"] = [
        {"time_utc": "2026-03-02T10:00:00Z", "stage": "Arrival", "location": "Hamburg", "description": "arrived"},
        {"time_iso": "2026-03-03T10:00:00+01:00", "stage": None, "sub_status": "Exception_Returned", "description": "back"},
        {"time_utc": None, "stage": "Delivered"},
    ]
    port.follow("T1")
    arrived, back, estimated = port.track(["T1"], NOW)
    assert (arrived.status, arrived.text, back.status) == ("in_transit", "Hamburg arrived", "returned")
    assert (estimated.estimated_on, estimated.occurred_at) == (date(2026, 3, 19), back.occurred_at)
    assert len({event.external_ref for event in (arrived, back, estimated)}) == 3
    assert carriers.calls["track17 register"] == 1
    assert len(port.track([f"N{place}" for place in range(95)], NOW)) == 0
    assert carriers.calls["track17 gettrackinfo"] == 4
    with pytest.raises(Declined):
        spoken(carriers, "track17", token="wrong").track(["T1"], NOW)


def test_dhl_books_fetches_again_tracks_and_cancels(carriers: Carriers) -> None:
    port = spoken(carriers, "dhl_parcel_de")
    made = port.book(PARCEL)
    assert (made.tracking_number, made.label, made.label_format) == ("00341", b"%PDF-1.4", "pdf")
    assert port.label("00341").label == b"%PDF-1.4"
    carriers.routes["00341"] = [
        {"timestamp": "2026-03-02T10:00:00+01:00", "statusCode": "transit", "description": "sorted"},
        {"timestamp": "2026-03-01T10:00:00", "statusCode": "pre-transit", "status": "announced"},
    ]
    moving, announced = port.track(["00341", "unknown"], NOW)
    assert (moving.status, moving.estimated_on, announced.status, announced.estimated_on) == (
        "in_transit",
        date(2026, 3, 20),
        "announced",
        None,
    )
    port.cancel(PARCEL, "00341")
    assert carriers.cancelled == {"00341"}
    with pytest.raises(CannotBeAsked):
        port.find(PARCEL)
    with pytest.raises(Declined, match="key"):
        spoken(carriers, "dhl_parcel_de", api_key="wrong").book(PARCEL)


def test_sf_cancels_twice_without_harm_and_fetches_labels_from_itself_alone(carriers: Carriers) -> None:
    port = spoken(carriers, "sf_express")
    assert port.find(PARCEL) is None
    assert port.book(PARCEL) == port.book(PARCEL) == port.find(PARCEL)
    port.cancel(PARCEL, "SF1000")
    port.cancel(PARCEL, "SF1000")
    real, carriers.url = carriers.url, "http://169.254.169.254"
    with pytest.raises(Doubtful):
        port.label("SF1000")
    carriers.url = real
    assert port.label("SF1000").label.startswith(b"%PDF")


@pytest.mark.parametrize("protocol", ["own_fleet", "pick_up"])
def test_own_carriers_need_nobody(protocol: str) -> None:
    port = port_of(Connection(7, protocol, "", {}, Secrets()))
    assert port.book(PARCEL).tracking_number == port.label("SN2026-000001").tracking_number == "SN2026-000001"
    assert port.find(PARCEL) == port.book(PARCEL)
    port.cancel(PARCEL, "x")
    port.follow("x")
    assert port.track(["x"], NOW) == []
    with pytest.raises(CannotBeAsked):
        port.read_push(Push(b"", {}))


@pytest.mark.parametrize("protocol", ["kuaidi100", "track17"])
def test_who_only_follows_parcels_makes_no_labels(protocol: str) -> None:
    port = port_of(Connection(7, protocol, "http://127.0.0.1:9", {}, Secrets()))
    asked: list[Any] = [
        lambda: port.book(PARCEL),
        lambda: port.find(PARCEL),
        lambda: port.label("x"),
        lambda: port.cancel(PARCEL, "x"),
    ]
    for ask in asked:
        with pytest.raises(CannotBeAsked):
            ask()
    assert not PROTOCOLS[protocol].can_book


def test_a_carrier_that_is_not_there_was_surely_not_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "ANSWER_SECONDS", 2.0)
    for address in ("http://127.0.0.1:9", "gopher://x", "http://"):
        with pytest.raises(NotReached):
            wire.call("GET", address)


@pytest.mark.parametrize("mood", ["lost", "slow", "down", "fault"])
def test_an_answer_that_does_not_come_is_doubtful(carriers: Carriers, monkeypatch: pytest.MonkeyPatch, mood: str) -> None:
    monkeypatch.setattr(wire, "ANSWER_SECONDS", 0.5)
    carriers.moods = [mood]
    with pytest.raises(Doubtful):
        spoken(carriers, "sf_express").book(PARCEL)


def test_an_answer_that_is_too_large_or_too_odd_is_doubtful(carriers: Carriers, monkeypatch: pytest.MonkeyPatch) -> None:
    carriers.moods = ["garbage"]
    with pytest.raises(Doubtful):
        spoken(carriers, "sf_express").book(PARCEL)
    monkeypatch.setattr(wire, "BYTES_MAX", 10)
    with pytest.raises(Doubtful):
        spoken(carriers, "sf_express").book(PARCEL)


def test_every_code_of_every_carrier_is_one_of_the_eight() -> None:
    tables: list[dict[str, str]] = [kuaidi100.STATES, track17.STATES]
    assert {status for table in tables for status in table.values()} <= set(TrackingState.values)
    assert (kuaidi100.state_of("999"), track17.state_of("Lost_InSpace")) == ("", "")
    assert track17.state_of("InTransit_CustomsProcessing") == "in_transit"


def test_tries_come_later_and_later_and_a_carrier_rests_after_five_failures() -> None:
    waits = [int((again_at(NOW, attempts) - NOW).total_seconds()) for attempts in (1, 2, 3, 7, 8, 500)]
    assert waits == [30, 60, 120, 1920, 3600, 3600]
    rests = [open_until(NOW, failures) for failures in (0, 4, 5, 6, 11, 900)]
    assert [None if until is None else int((until - NOW).total_seconds()) for until in rests] == [None, None, 60, 120, 3600, 3600]


@pytest.mark.parametrize(
    ("address", "city", "expected"),
    [
        ("Main St 7", "60311 Frankfurt", "60311"),
        ("浙江省义乌市稠州路1号 322000", "义乌", "322000"),
        ("Hall 123", "Frankfurt", ""),
        ("12345678", "Bern 3011", "3011"),
    ],
)
def test_a_postal_code_is_found_where_people_write_it(address: str, city: str, expected: str) -> None:
    assert postcode_in(address, city) == expected
