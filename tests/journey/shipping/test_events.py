"""What carriers say of goods on their way: taken once, in any order, never moving goods back."""

import random
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinghuo.journey.finance.operations import install_accounts
from dinghuo.journey.reactions import run_after
from dinghuo.journey.shipping.models import Shipment, TrackingEvent, UnclaimedEvent
from dinghuo.journey.shipping.operations import (
    cancel_shipments,
    claim_events,
    name_tracking_number,
    record_events,
)
from dinghuo.journey.shipping.tracking_states import DISTANCE, SeenEvent, Sighting, TrackingState, where_goods_are
from dinghuo.journey.tracking.models import Notification, Promise
from dinghuo.kernel.errors import Missing
from dinghuo.kernel.models import Event
from tests.builders import NOW, TODAY, a_carrier, an_act
from tests.journey.shipping.conftest import Dock, Statements


def an_event(dock: Dock, number: str, status: str, hours: int = 0, **given: Any) -> SeenEvent:
    """An event so many hours after the tests' moment; the reference is the status unless it is given."""
    plain: dict[str, Any] = {"external_ref": f"{status}-{hours}", "code": status.upper(), "text": "Yiwu", "raw": {"said": status}}
    return SeenEvent(dock.carrier.id, number, status, NOW + timedelta(hours=hours), **{**plain, **given})


def on_the_road(dock: Dock, number: str = "SF1") -> Shipment:
    """A shipment that left, which the carrier knows by a number."""
    shipment = Shipment.objects.get(id=dock.sale(1).shipment_id)
    name_tracking_number(act=dock.act, shipment_id=shipment.id, tracking_number=number)
    return shipment


def sightings(shipment: Shipment) -> list[Sighting]:
    rows = TrackingEvent.objects.filter(shipment=shipment)
    return [Sighting(row.status, row.occurred_at, row.external_ref is not None) for row in rows]


def test_an_event_is_kept_with_what_the_carrier_said_and_once(dock: Dock) -> None:
    shipment = on_the_road(dock)
    seen = an_event(dock, "SF1", "in_transit", 3)
    (first, twin) = record_events(act=dock.act, seen=[seen, seen])
    (again,) = record_events(act=dock.act, seen=[seen])
    assert (first.done, first.document_id, again.facts, twin.done) == (True, shipment.id, {"repeated": True}, True)
    kept = TrackingEvent.objects.get(shipment=shipment, status="in_transit")
    assert (kept.code, kept.text, kept.raw, kept.occurred_at) == ("IN_TRANSIT", "Yiwu", {"said": "in_transit"}, seen.occurred_at)


def test_an_unknown_code_is_kept_and_moves_nothing(dock: Dock) -> None:
    shipment = on_the_road(dock)
    record_events(act=dock.act, seen=[an_event(dock, "SF1", "", 9, code="X-77", text="\0?", raw={"a": "\0"}, external_ref="r")])
    assert TrackingEvent.objects.get(shipment=shipment, code="X-77").text == "?"
    assert where_goods_are(sightings(shipment)) == "picked_up"


def test_delivery_delivers_and_nothing_that_comes_later_takes_it_back(dock: Dock) -> None:
    shipment = on_the_road(dock)
    record_events(act=dock.act, seen=[an_event(dock, "SF1", "delivered", 2)])
    record_events(act=dock.act, seen=[an_event(dock, "SF1", "in_transit", 1), an_event(dock, "SF1", "exception", 20)])
    shipment.refresh_from_db()
    assert (shipment.state, shipment.delivered_on, where_goods_are(sightings(shipment))) == ("delivered", TODAY, "delivered")
    assert Event.objects.filter(kind="ShipmentDelivered").count() == 1


def test_the_day_of_delivery_is_that_of_the_company_and_never_before_dispatch(dock: Dock) -> None:
    early, late = on_the_road(dock, "A"), on_the_road(dock, "B")
    later = an_act(dock.company, on=TODAY + timedelta(days=3))
    record_events(
        act=later,
        # 17:00 UTC is one o'clock of the next day in Shanghai.
        seen=[an_event(dock, "A", "delivered", -48), an_event(dock, "B", "delivered", 16)],
    )
    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.delivered_on, late.delivered_on) == (TODAY, TODAY + timedelta(days=1))


def test_a_carrier_that_has_the_goods_dispatches_the_notice(dock: Dock) -> None:
    notice = dock.notice(4)
    name_tracking_number(act=dock.act, shipment_id=notice.id, tracking_number="N1")
    record_events(act=dock.act, seen=[an_event(dock, "N1", "announced", -1)])
    assert Shipment.objects.get(id=notice.id).state == "notice"
    record_events(act=dock.act, seen=[an_event(dock, "N1", "picked_up")])
    assert Shipment.objects.get(id=notice.id).state == "dispatched"


def test_an_event_for_an_unknown_number_waits_until_a_shipment_has_it(dock: Dock) -> None:
    install_accounts(act=dock.act)
    shipment = Shipment.objects.get(id=dock.sale(1).shipment_id)
    seen = [an_event(dock, "LATE", "delivered", 5), an_event(dock, "NEVER", "in_transit")]
    assert [row.facts for row in record_events(act=dock.act, seen=[*seen, seen[0]])] == [{"kept": True}] * 3
    assert UnclaimedEvent.objects.count() == 2
    assert claim_events(act=dock.act) == []
    name_tracking_number(act=dock.act, shipment_id=shipment.id, tracking_number="LATE")
    run_after(act=dock.act, order_ids=[shipment.order_id])
    shipment.refresh_from_db()
    assert (shipment.state, UnclaimedEvent.objects.get(shipment=shipment).tracking_number) == ("delivered", "LATE")
    assert UnclaimedEvent.objects.get(shipment=None).tracking_number == "NEVER"
    assert TrackingEvent.objects.get(shipment=shipment, status="delivered").raw == {"said": "delivered"}


def test_a_new_estimate_moves_the_promise_and_is_told_once(dock: Dock) -> None:
    install_accounts(act=dock.act)
    shipment = on_the_road(dock)
    run_after(act=dock.act, order_ids=[shipment.order_id])
    later = date(2026, 3, 20)
    told = [an_event(dock, "SF1", "in_transit", 4, estimated_on=later), an_event(dock, "SF1", "in_transit", 2, estimated_on=TODAY)]
    for _ in range(2):
        record_events(act=dock.act, seen=told)
        run_after(act=dock.act, order_ids=[shipment.order_id])
    promises = Promise.objects.filter(order_id=shipment.order_id).order_by("id")
    assert [row.promised_on for row in promises] == [shipment.expected_on, later]
    assert Notification.objects.filter(kind="ArrivalMoved").count() == 1
    # An estimate older than the one that holds comes in late.
    record_events(act=dock.act, seen=[an_event(dock, "SF1", "in_transit", 3, estimated_on=TODAY, external_ref="old")])
    assert Shipment.objects.get(id=shipment.id).expected_on == later


def test_what_is_no_event_is_refused_alone(dock: Dock) -> None:
    on_the_road(dock)
    bad = [
        an_event(dock, "", "in_transit"),
        an_event(dock, "x" * 81, "in_transit"),
        an_event(dock, "SF1", "in_orbit"),
        an_event(dock, "SF1", "in_transit", external_ref=""),
        an_event(dock, "SF1", "in_transit", 25),
    ]
    outcomes = record_events(act=dock.act, seen=[*bad, an_event(dock, "SF1", "in_transit")])
    assert {row.id: row.code for row in outcomes} == {5: "done", **dict.fromkeys(range(5), "malformed")}


def test_a_cancelled_shipment_gets_no_number_and_an_unknown_one_is_missing(dock: Dock) -> None:
    notice = dock.notice(1)
    cancel_shipments(act=dock.act, shipment_ids=[notice.id], reason="x")
    assert name_tracking_number(act=dock.act, shipment_id=notice.id, tracking_number="A").code == "shipment_cancelled"
    with pytest.raises(Missing):
        name_tracking_number(act=dock.act, shipment_id=-1, tracking_number="A")


@pytest.mark.parametrize("count", [2, 40])
def test_events_take_the_same_statements_however_many(dock: Dock, count: int) -> None:
    shipments = [on_the_road(dock, f"T{place}") for place in range(count)]
    notice = dock.notice(1)
    name_tracking_number(act=dock.act, shipment_id=notice.id, tracking_number="N")
    later = TODAY + timedelta(days=9)
    seen = [an_event(dock, f"T{place}", "in_transit", 1, estimated_on=later) for place in range(count)]
    seen += [an_event(dock, f"T{place}", "delivered", 2) for place in range(0, count, 2)] + [an_event(dock, "?", "delivered")]
    with Statements() as sent:
        record_events(act=dock.act, seen=[*seen, an_event(dock, "N", "picked_up")])
    assert sent.count == 16
    assert len(shipments) == count


def test_a_thousand_events_shuffled_and_repeated_leave_each_once_and_the_same_end(dock: Dock) -> None:
    shipments = [on_the_road(dock, f"T{place}") for place in range(40)]
    way = ["announced", "in_transit", "exception", "out_for_delivery", "delivered"]
    told = [an_event(dock, f"T{place}", status, hour) for place in range(40) for hour, status in enumerate(way)]
    told += [an_event(dock, f"U{place}", "in_transit") for place in range(10)]
    many = told * 5
    random.Random(7).shuffle(many)
    for start in range(0, len(many), 100):
        record_events(act=dock.act, seen=many[start : start + 100])
    assert TrackingEvent.objects.exclude(external_ref=None).count() == 200
    assert UnclaimedEvent.objects.count() == 10
    assert {Shipment.objects.get(id=row.id).state for row in shipments} == {"delivered"}
    assert Event.objects.filter(kind="ShipmentDelivered").count() == 40


MOMENTS = st.integers(0, 40).map(lambda hours: NOW + timedelta(hours=hours))
SIGHTINGS = st.lists(st.builds(Sighting, st.sampled_from([*TrackingState.values, ""]), MOMENTS), max_size=8)


@given(SIGHTINGS, st.randoms())
def test_where_goods_are_does_not_depend_on_the_order_events_came_in(seen: list[Sighting], chance: random.Random) -> None:
    mixed = list(seen)
    chance.shuffle(mixed)
    assert where_goods_are(mixed) == where_goods_are(seen)


@given(SIGHTINGS, st.builds(Sighting, st.sampled_from(TrackingState.values), MOMENTS))
def test_another_event_never_moves_goods_back(seen: list[Sighting], one_more: Sighting) -> None:
    def far(state: str) -> int:
        return DISTANCE[TrackingState(state)] if state in DISTANCE else 0

    before, after = where_goods_are(seen), where_goods_are([*seen, one_more])
    assert far(after) >= far(before) or after == "exception"


def test_an_exception_is_shown_while_it_is_the_latest_word(dock: Dock) -> None:
    shipment = on_the_road(dock)
    record_events(act=dock.act, seen=[an_event(dock, "SF1", "in_transit", 1), an_event(dock, "SF1", "exception", 2)])
    assert where_goods_are(sightings(shipment)) == "exception"
    record_events(act=dock.act, seen=[an_event(dock, "SF1", "in_transit", 3)])
    assert where_goods_are(sightings(shipment)) == "in_transit"


def test_another_carriers_shipment_with_the_same_number_is_left_alone(dock: Dock) -> None:
    shipment, other = on_the_road(dock), a_carrier(dock.company)
    record_events(act=dock.act, seen=[SeenEvent(other.id, "SF1", "delivered", NOW, "r")])
    assert (Shipment.objects.get(id=shipment.id).state, UnclaimedEvent.objects.get().carrier_id) == ("dispatched", other.id)
