"""A label is booked exactly once, whatever its carrier does, and no order is stuck: against carriers on a local port."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from dinghuo.journey.review.operations import install_rules
from dinghuo.journey.shipping import booking
from dinghuo.journey.shipping.carriers import sf_express, wire
from dinghuo.journey.shipping.carriers.port import Connection, Secrets
from dinghuo.journey.shipping.models import CarrierConnection, Shipment, ShippingLabel, TrackingEvent
from dinghuo.journey.shipping.operations import (
    ConnectionDraft,
    cancel_labels,
    cancel_shipments,
    change_carrier,
    connect_carrier,
    decide_label,
    give_up_labels,
    order_labels,
    retry_labels,
)
from dinghuo.journey.shipping.operations.bookings import claim_labels, settle_label
from dinghuo.kernel import tenancy
from dinghuo.kernel.errors import Malformed
from dinghuo.kernel.models import Event
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Carrier
from tests import builders
from tests.journey.shipping import carrier_server as server
from tests.journey.shipping.carrier_server import Carriers
from tests.journey.shipping.conftest import Dock, Statements

SETTINGS = {
    "sf_express": ({"partner_id": server.PARTNER, "monthly_card": "7551234567"}, {"checkword": server.CHECKWORD}),
    "dhl_parcel_de": (
        {"user": server.USER, "billing_number": "33333333330101"},
        {"password": server.PASSWORD, "api_key": server.API_KEY},
    ),
    "kuaidi100": ({"customer": server.CUSTOMER, "company_code": "shunfeng"}, {"key": server.KEY, "salt": server.SALT}),
    "track17": ({}, {"token": server.TOKEN}),
    "own_fleet": ({}, {}),
}


@dataclass
class Desk:
    """A dock with carriers, and a clock that a test moves."""

    dock: Dock
    carriers: Carriers
    now: datetime = field(default_factory=lambda: datetime(2026, 3, 2, 1, tzinfo=UTC))

    def act(self) -> Act:
        return Act(self.dock.company.id, self.now, self.dock.act.on)

    def connect(self, protocol: str, carrier: Carrier | None = None, **settings: str) -> int:
        """The connection of a carrier, the dock's if none is given."""
        plain, secrets = SETTINGS[protocol]
        key = (carrier or self.dock.carrier).id
        address = "" if protocol == "own_fleet" else self.carriers.url
        draft = ConnectionDraft(key, protocol, address, {**plain, **settings}, secrets)
        return connect_carrier(act=self.act(), draft=draft).id

    def wanted(self, city: str = "60311 Frankfurt") -> tuple[Shipment, int]:
        """A notice with an address and a weight, and the label asked for it."""
        shipment = self.notice(city)
        (outcome,) = order_labels(act=self.act(), shipment_ids=[shipment.id])
        assert outcome.done, outcome
        return shipment, outcome.document_id or 0

    def notice(self, city: str = "60311 Frankfurt", address: str = "义乌 Main St 7") -> Shipment:
        shipment = self.dock.notice(2)
        order = type(shipment.order).objects.filter(id=shipment.order_id)
        order.update(ship_to_address=address, ship_to_city=city, ship_to_country="DE")
        return shipment

    def work(self, times: int = 1, minutes: int = 120) -> None:
        """Let the worker ask, and again so much later."""
        for _ in range(times):
            booking.work_labels(self.act, "https://dinghuo.example/words", seconds=20)
            self.now += timedelta(minutes=minutes)

    def label(self, label_id: int) -> ShippingLabel:
        return ShippingLabel.objects.get(company_id=self.dock.company.id, id=label_id)


@pytest.fixture(scope="module")
def carriers_running() -> Iterator[Carriers]:
    with server.running() as carriers:
        yield carriers


@pytest.fixture
def desk(dock: Dock, carriers_running: Carriers, monkeypatch: pytest.MonkeyPatch) -> Desk:
    fresh(carriers_running, monkeypatch)
    return Desk(dock, carriers_running)


def fresh(carriers: Carriers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the carriers forget the test before, and be given up on sooner than in life."""
    monkeypatch.setattr(wire, "ANSWER_SECONDS", 0.6)
    blank = Carriers()
    blank.url = carriers.url
    vars(carriers).update(vars(blank))


def test_no_transaction_is_open_while_a_carrier_is_asked(
    committed: None, carriers_running: Carriers, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh(carriers_running, monkeypatch)
    open_at_call: list[bool] = []
    call = wire.call

    def watched(*args: Any, **kwargs: Any) -> wire.Answer:
        open_at_call.append(connection.in_atomic_block)
        return call(*args, **kwargs)

    monkeypatch.setattr(sf_express, "call", watched)
    company = builders.a_company()
    with tenancy.acting_for(company.id):
        with transaction.atomic():
            act = builders.an_act(company)
            install_rules(act=act)
            warehouse, product = builders.a_warehouse(company), builders.a_product(company, weight_kg=Decimal("0.5"))
            builders.some_stock(act, warehouse, product, 1000)
            dock = Dock(company, act, warehouse, product, builders.a_customer(company), builders.a_carrier(company))
            desk = Desk(dock, carriers_running)
            desk.connect("sf_express")
            _, label_id = desk.wanted()
        desk.work()
        with transaction.atomic():
            assert desk.label(label_id).state == "booked"
    # The order, and its file: SF prints it and hands it over.
    assert open_at_call == [False, False, False]


def test_a_label_is_booked_with_its_file_and_number(desk: Desk) -> None:
    desk.connect("sf_express")
    shipment, label_id = desk.wanted()
    desk.work()
    label = desk.label(label_id)
    assert (label.state, label.tracking_number, label.label_format, bytes(label.label)) == (
        "booked",
        "SF1000",
        "pdf",
        b"%PDF-1.7 label",
    )
    assert Shipment.objects.get(id=shipment.id).tracking_number == "SF1000"
    assert Event.objects.filter(kind="LabelBooked", document_id=shipment.id).count() == 1


@pytest.mark.parametrize("mood", ["lost", "slow", "garbage", "fault", "down", "busy"])
def test_whatever_goes_wrong_the_carrier_makes_one_label_and_the_order_goes_on(desk: Desk, mood: str) -> None:
    desk.connect("sf_express")
    _, label_id = desk.wanted()
    desk.carriers.moods = [mood]
    desk.work()
    stuck = desk.label(label_id)
    assert stuck.state == ("waiting" if mood == "busy" else "sent")
    assert stuck.problem in {"doubtful", "not_reached"}
    desk.work(2)
    assert desk.label(label_id).state == "booked"
    assert list(desk.carriers.orders.values()) == [desk.label(label_id).tracking_number]


def test_a_carrier_that_fails_many_times_in_every_way_still_makes_one_label(desk: Desk) -> None:
    desk.connect("sf_express")
    _, label_id = desk.wanted()
    desk.carriers.moods = ["lost", "slow", "fault", "busy", "garbage", "down", "lost"]
    desk.work(12)
    assert desk.label(label_id).state == "booked"
    assert len(desk.carriers.orders) == 1


def test_an_order_that_the_carrier_has_twice_is_found_and_not_made_again(desk: Desk) -> None:
    desk.connect("sf_express")
    _, label_id = desk.wanted()
    # The first attempt's order reaches the carrier only after the second has asked and found none.
    (claimed,) = claim_labels(act=desk.act(), count=5)
    desk.carriers.waybill(claimed.request_ref)
    answer = booking.ask(claimed)
    assert settle_label(act=desk.act(), claimed=claimed, answer=answer)
    assert (desk.label(label_id).tracking_number, len(desk.carriers.orders)) == ("SF1000", 1)
    assert desk.carriers.calls["EXP_RECE_SEARCH_ORDER_RESP"] == 1


def test_a_worker_that_dies_after_booking_leaves_a_label_that_is_asked_for_and_not_made_again(desk: Desk) -> None:
    desk.connect("sf_express")
    _, label_id = desk.wanted()
    (claimed,) = claim_labels(act=desk.act(), count=5)
    assert booking.ask(claimed).booked is not None
    assert claim_labels(act=desk.act(), count=5) == []
    desk.now += timedelta(hours=1)
    desk.work()
    assert (desk.label(label_id).state, len(desk.carriers.orders)) == ("booked", 1)
    assert desk.carriers.calls["EXP_RECE_CREATE_ORDER"] == 1


def test_an_answer_that_comes_after_the_label_was_claimed_again_changes_nothing(desk: Desk) -> None:
    desk.connect("sf_express")
    _, label_id = desk.wanted()
    (late,) = claim_labels(act=desk.act(), count=5)
    answer = booking.ask(late)
    desk.now += timedelta(hours=1)
    desk.work()
    assert not settle_label(act=desk.act(), claimed=late, answer=answer)
    assert desk.label(label_id).state == "booked"


def test_a_carrier_that_cannot_be_asked_leaves_the_doubt_to_a_person(desk: Desk) -> None:
    desk.connect("dhl_parcel_de")
    shipment, label_id = desk.wanted()
    desk.carriers.moods = ["lost"]
    desk.work(4)
    label = desk.label(label_id)
    assert (label.state, label.problem, desk.carriers.calls["dhl order"]) == ("sent", "must_be_decided", 1)
    assert [row.code for row in retry_labels(act=desk.act(), label_ids=[label_id])] == ["must_be_decided"]
    assert [row.code for row in give_up_labels(act=desk.act(), label_ids=[label_id])] == ["in_doubt"]
    (outcome,) = decide_label(act=desk.act(), label_id=label_id, tracking_number="00341")
    assert outcome.done
    assert (desk.label(label_id).state, Shipment.objects.get(id=shipment.id).tracking_number) == ("booked", "00341")
    assert [row.code for row in decide_label(act=desk.act(), label_id=label_id, tracking_number="")] == ["not_in_doubt"]


def test_a_doubt_decided_as_not_made_is_booked_anew(desk: Desk) -> None:
    desk.connect("dhl_parcel_de", label_format="zpl")
    _, label_id = desk.wanted()
    desk.carriers.moods = ["fault"]
    desk.work(2)
    decide_label(act=desk.act(), label_id=label_id, tracking_number="")
    desk.work()
    label = desk.label(label_id)
    assert (label.state, label.label_format, bytes(label.label)[:3]) == ("booked", "zpl", b"^XA")


@pytest.mark.parametrize("protocol", ["sf_express", "dhl_parcel_de"])
def test_an_address_the_carrier_refuses_is_refused_in_its_words_and_can_be_retried(desk: Desk, protocol: str) -> None:
    desk.connect(protocol)
    _, label_id = desk.wanted()
    desk.carriers.refuses = "收件地址不在服务范围"
    desk.work(2)
    label = desk.label(label_id)
    assert (label.state, label.problem) == ("refused", "carrier_refuses")
    assert "收件地址不在服务范围" in label.problem_text
    desk.carriers.refuses = ""
    assert all(row.done for row in retry_labels(act=desk.act(), label_ids=[label_id]))
    desk.work()
    assert desk.label(label_id).state == "booked"


def test_a_wrong_secret_is_refused_and_told_nowhere(desk: Desk) -> None:
    desk.connect("sf_express")
    CarrierConnection.objects.filter(company_id=desk.dock.company.id).update(secrets={"checkword": "wrong-one"})
    _, label_id = desk.wanted()
    desk.work()
    assert (desk.label(label_id).state, desk.label(label_id).problem_text) == ("refused", "signature")
    told = repr(Connection(1, "sf_express", "", {}, Secrets({"checkword": "wrong-one"})))
    assert "wrong-one" not in told
    for event in Event.objects.filter(company_id=desk.dock.company.id):
        assert server.CHECKWORD not in str(event.facts)


def test_what_no_label_can_be_made_for_is_refused_at_once(desk: Desk) -> None:
    desk.connect("dhl_parcel_de")
    cancelled, nowhere, weightless, unzoned, good = (desk.notice() for _ in range(5))
    cancel_shipments(act=desk.dock.act, shipment_ids=[cancelled.id], reason="x")
    orders = type(good.order).objects
    orders.filter(id=nowhere.order_id).update(ship_to_city="")
    orders.filter(id=unzoned.order_id).update(ship_to_city="Frankfurt")
    Shipment.objects.filter(id=weightless.id).update(weight_kg=0)
    asked = [cancelled.id, nowhere.id, weightless.id, unzoned.id, good.id, -1]
    assert {row.id: row.code for row in order_labels(act=desk.act(), shipment_ids=asked)} == {
        cancelled.id: "shipment_cancelled",
        nowhere.id: "address_missing",
        weightless.id: "weight_missing",
        unzoned.id: "postcode_missing",
        good.id: "done",
        -1: "not_found",
    }
    assert [row.code for row in order_labels(act=desk.act(), shipment_ids=[good.id])] == ["has_label"]


def test_a_carrier_without_a_connection_makes_no_label_and_another_can_be_chosen(desk: Desk) -> None:
    shipment = desk.notice()
    assert [row.code for row in order_labels(act=desk.act(), shipment_ids=[shipment.id])] == ["carrier_not_connected"]
    own = builders.a_carrier(desk.dock.company, transit_days=1, base_price=Decimal(99))
    desk.connect("own_fleet", own)
    desk.connect("sf_express")
    _, label_id = desk.wanted()
    desk.carriers.refuses = "no"
    desk.work()
    (outcome,) = change_carrier(act=desk.act(), label_id=label_id, carrier_id=own.id)
    assert outcome.done
    desk.work()
    label = desk.label(outcome.document_id or 0)
    moved = Shipment.objects.get(id=label.shipment_id)
    assert (label.state, moved.carrier_id, moved.tracking_number) == ("booked", own.id, moved.number)
    assert moved.expected_on == moved.planned_on + timedelta(days=1)
    assert [row.code for row in change_carrier(act=desk.act(), label_id=label.id, carrier_id=own.id)] == ["not_in_queue"]
    with pytest.raises(Malformed):
        change_carrier(act=desk.act(), label_id=label_id, carrier_id=-1)


def test_a_label_is_cancelled_with_its_carrier_even_when_that_takes_several_tries(desk: Desk) -> None:
    desk.connect("sf_express")
    shipment, label_id = desk.wanted()
    desk.work()
    assert all(row.done for row in cancel_labels(act=desk.act(), label_ids=[label_id]))
    desk.carriers.moods = ["lost", "busy"]
    desk.work(3)
    assert (desk.label(label_id).state, Shipment.objects.get(id=shipment.id).tracking_number) == ("cancelled", "")
    assert len(desk.carriers.cancelled) == 1
    assert [row.code for row in cancel_labels(act=desk.act(), label_ids=[label_id])] == ["not_booked"]


def test_a_cancelled_shipments_label_is_given_up_or_cancelled_by_itself(desk: Desk) -> None:
    desk.connect("sf_express")
    waiting, waiting_label = desk.wanted()
    cancel_shipments(act=desk.dock.act, shipment_ids=[waiting.id], reason="x")
    desk.work()
    assert (desk.label(waiting_label).state, len(desk.carriers.orders)) == ("given_up", 0)
    made, made_label = desk.wanted()
    desk.work()
    cancel_shipments(act=desk.dock.act, shipment_ids=[made.id], reason="x")
    desk.work()
    assert (desk.label(made_label).state, len(desk.carriers.cancelled)) == ("cancelled", 1)


def test_a_shipment_cancelled_while_its_label_is_in_doubt_gets_none(desk: Desk) -> None:
    desk.connect("sf_express")
    shipment, label_id = desk.wanted()
    desk.carriers.moods = ["down"]
    desk.work()
    cancel_shipments(act=desk.dock.act, shipment_ids=[shipment.id], reason="x")
    desk.work(2)
    assert (desk.label(label_id).state, desk.carriers.orders) == ("given_up", {})


def test_a_carrier_that_fails_five_times_in_a_row_is_left_alone_for_a_while(desk: Desk) -> None:
    desk.connect("sf_express")
    _, label_id = desk.wanted()
    desk.carriers.moods = ["down"] * 5
    desk.work(5)
    connection = CarrierConnection.objects.get(company_id=desk.dock.company.id)
    assert connection.failures == 5
    assert connection.open_until == desk.now - timedelta(minutes=120) + timedelta(minutes=1)
    CarrierConnection.objects.filter(id=connection.pk).update(open_until=desk.now + timedelta(days=1))
    desk.work()
    assert desk.label(label_id).state == "sent"
    retry_labels(act=desk.act(), label_ids=[label_id])
    desk.work()
    assert desk.label(label_id).state == "booked"


def test_a_booked_number_is_followed_where_events_are_pushed_and_polled_where_not(desk: Desk) -> None:
    desk.connect("sf_express")
    key = desk.connect("kuaidi100")
    shipment, _ = desk.wanted()
    desk.work()
    push_key = CarrierConnection.objects.get(company_id=desk.dock.company.id, id=key).push_key
    assert desk.carriers.calls[f"follow SF1000 https://dinghuo.example/words/{push_key}/"] == 1
    desk.carriers.routes["SF1000"] = [
        {"acceptTime": "2026-03-02 10:00:00", "acceptAddress": "义乌", "remark": "已收件", "opCode": "50"},
        {"acceptTime": "2026-03-03 10:00:00", "acceptAddress": "义乌", "remark": "?", "opCode": "9999"},
        {"acceptTime": "never", "opCode": "80"},
    ]
    desk.now += timedelta(days=2)
    assert booking.poll_carriers(desk.act) == 2
    assert booking.poll_carriers(desk.act) == 0
    events = TrackingEvent.objects.filter(shipment=shipment.id).exclude(external_ref=None).order_by("occurred_at")
    assert [(row.status, row.code) for row in events] == [("picked_up", "50"), ("", "9999")]
    assert Shipment.objects.get(id=shipment.id).state == "dispatched"


@pytest.mark.parametrize(
    ("count", "statements"),
    [(1, 4), (20, 4)],
)
def test_ordering_labels_takes_the_same_statements_however_many(desk: Desk, count: int, statements: int) -> None:
    desk.connect("own_fleet")
    ids = [desk.notice().id for _ in range(count)]
    with Statements() as sent:
        order_labels(act=desk.act(), shipment_ids=ids)
    assert sent.count == statements


MALFORMED: list[Callable[[Desk], ConnectionDraft]] = [
    lambda _desk: ConnectionDraft(-1, "own_fleet", "", {}, {}),
    lambda desk: ConnectionDraft(desk.dock.carrier.id, "pigeon", "", {}, {}),
    lambda desk: ConnectionDraft(desk.dock.carrier.id, "track17", "ftp://x", {}, {"token": "t"}),
    lambda desk: ConnectionDraft(desk.dock.carrier.id, "track17", "https://user:pw@x.example", {}, {"token": "t"}),
    lambda desk: ConnectionDraft(desk.dock.carrier.id, "track17", "", {}, {}),
    lambda desk: ConnectionDraft(desk.dock.carrier.id, "sf_express", "", {}, {"checkword": "c"}),
    lambda desk: ConnectionDraft(desk.dock.carrier.id, "track17", "", {}, {"token": "t\r\nX: y"}),
]


@pytest.mark.parametrize("draft", MALFORMED)
def test_a_connection_that_lacks_something_is_refused(desk: Desk, draft: Callable[[Desk], ConnectionDraft]) -> None:
    with pytest.raises(Malformed):
        connect_carrier(act=desk.act(), draft=draft(desk))
    assert not CarrierConnection.objects.filter(company_id=desk.dock.company.id).exists()
